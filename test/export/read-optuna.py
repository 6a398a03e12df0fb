"""Prints what Optuna itself reads from a journal, as JSON. Exit code 77 where there is no Optuna."""
import datetime
import json
import sys

try:
    import optuna
except ImportError:
    sys.exit(77)

optuna.logging.set_verbosity(optuna.logging.ERROR)
try:
    from optuna.storages.journal import JournalFileBackend
except ImportError:
    from optuna.storages import JournalFileStorage as JournalFileBackend

study = optuna.load_study(
    study_name=sys.argv[2],
    storage=optuna.storages.JournalStorage(JournalFileBackend(sys.argv[1])),
)
trials = study.get_trials()


def seconds(time):
    # Optuna's times have no zone: those of covgrad are UTC.
    return time.replace(tzinfo=datetime.timezone.utc).timestamp()


print(
    json.dumps(
        {
            "version": optuna.__version__,
            "directions": [direction.name for direction in study.directions],
            "best": [trial.number for trial in study.best_trials],
            "user_attrs": study.user_attrs,
            "trials": [
                {
                    "number": trial.number,
                    "state": trial.state.name,
                    "values": trial.values,
                    "params": trial.params,
                    "distributions": {name: repr(kind) for name, kind in trial.distributions.items()},
                    "contained": all(
                        kind._contains(kind.to_internal_repr(trial.params[name]))
                        for name, kind in trial.distributions.items()
                    ),
                    "intermediate_values": trial.intermediate_values,
                    "start": seconds(trial.datetime_start),
                    "complete": seconds(trial.datetime_complete),
                    "user_attrs": trial.user_attrs,
                }
                for trial in trials
            ],
        }
    )
)
