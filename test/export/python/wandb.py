"""Stands in for the package of Weights & Biases: checks what its documentation asks for, and prints every call as JSON."""
import json
import numbers
import os


def say(call, **arguments):
    print(json.dumps({"call": call, **arguments}))


def require(rule, holds):
    if not holds:
        raise ValueError(rule)


class Run:
    def __init__(self):
        self.step = -1
        self.open = True

    def log(self, data, step=None):
        require("a finished run takes nothing", self.open)
        require("steps rise", isinstance(step, int) and step > self.step)
        require("values are numbers under names", all(isinstance(value, numbers.Real) for value in data.values()))
        self.step = step
        say("log", data={name: value if value == value else None for name, value in data.items()}, step=step)

    def finish(self, exit_code=None):
        require("a run ends once, with a number", self.open and type(exit_code) is int)
        self.open = False
        say("finish", exit_code=exit_code)


def init(*, project=None, group=None, name=None, tags=None, config=None):
    for text in (project, group, name):
        require("names have up to 128 characters", 0 < len(text) <= 128)
    require("a project has a name without / \\ # ? % :", not set(project) & set("/\\#?%:"))
    require("tags have up to 64 characters", all(0 < len(tag) <= 64 for tag in tags))
    require("a configuration is the path of a file", os.path.isfile(config))
    say("init", project=project, group=group, name=name, tags=list(tags), config=config)
    return Run()
