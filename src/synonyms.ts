/** What other frameworks call the keys and words of covgrad: meaning, where {@link closestName} has only spelling. */

/** Each name of covgrad with the words for it elsewhere, in small letters without dashes, dots, underscores and blanks. */
const WORDS: Readonly<Record<string, string>> = {
  // Keys of an experiment.
  learning_rate: 'lr baselr initiallr initlr lr0 learningrateinit eta stepsize',
  epochs: 'numepochs nepochs nepoch maxepochs nbepoch nbepochs numtrainepochs trainepochs',
  batch_size: 'bs batch minibatch minibatchsize trainbatchsize perdevicetrainbatchsize',
  optimizer: 'optim opt solver',
  momentum: 'mom',
  clip_norm:
    'clipnorm globalclipnorm gradclip gradientclipping clipgradnorm maxgradnorm gradientclip gradientclipval gradclipnorm',
  alpha: 'rho smoothingconstant',
  trust_coefficient: 'trustcoeff trustratio larseta eeta',
  centered: 'center centred',
  schedule: 'scheduler lrscheduler lrschedule learningrateschedule policy',
  warmup_epochs: 'warmup warmupsteps warmuplength nwarmup numwarmupepochs',
  initial: 'start startvalue begin initialvalue base',
  final: 'end endvalue target etamin minlr finalvalue',
  peak: 'maxlr maxvalue',
  peak_at: 'pctstart',
  every_epochs: 'stepsize epochsdrop decayepochs',
  factor: 'gamma decayfactor drop',
  beta1: 'b1 adambeta1',
  beta2: 'b2 adambeta2',
  epsilon: 'eps adamepsilon',
  weight_decay: 'wd l2 decay l2reg l2penalty',
  dense:
    'units hiddenunits hiddensize hiddendim nhidden numhidden width layersize hiddenlayersizes numunits neurons outfeatures nodes',
  conv2d: 'conv conv2 convolution convolution2d convolutional filters outchannels nfilters',
  kernel_size: 'kernel ksize filtersize windowsize kernelshape receptivefield',
  strides: 'stride',
  padding: 'pad bordermode',
  use_bias: 'bias hasbias',
  max_pooling2d: 'maxpool maxpool2d maxpooling pool pooling pool2d',
  average_pooling2d: 'avgpool avgpool2d avgpooling averagepooling averagepool meanpool',
  global_average_pooling2d:
    'gap globalavgpool globalaveragepooling globalpool globalpooling adaptiveavgpool2d',
  batch_normalization: 'bn batchnorm batchnorm1d batchnorm2d batchnormalisation',
  layer_normalization: 'ln layernorm layernormalisation',
  dropout: 'drop dropoutrate pdrop',
  gaussian_noise: 'noise gaussiannoise noisestd',
  initializer: 'init kernelinitializer weightinit initialization initialisation',
  l1: 'l1reg l1penalty lasso',
  max_norm: 'maxnorm kernelconstraint constraint',
  flatten: 'flat reshape',
  residual: 'resblock residualblock skip skipconnection resnet block',
  shortcut: 'projection downsample',
  activation: 'act nonlinearity activationfunction activationfn actfn',
  penalized: 'penalize regularize regularized decorrelate decorrelated',
  penalty: 'regularizer regularization decorrelation',
  weight:
    'lambda lam lmbda coeff coefficient reg regweight penaltyweight penaltycoeff penaltylambda regularizationweight lambdareg reglambda',
  type: 'name kind penaltytype optimizertype regularizertype',
  source: 'dataset datasource name',
  train_samples: 'trainsize ntrain numtrain numtrainsamples maxtrainsamples',
  test_samples: 'testsize ntest numtest numtestsamples maxtestsamples',
  features: 'inputdim nfeatures numfeatures',
  classes: 'nclasses numclasses outputdim',
  // Keys of a sweep.
  seeds:
    'seed randomseed randomstate rngseed manualseed nseeds numseeds repeats repetitions replicates runspertrial executionspertrial',
  run_cap: 'ntrials numtrials trials maxtrials numsamples maxevals niter count budget nruns maxruns',
  method: 'sampler algorithm algo searchalg searchalgorithm tuner strategy search searchmethod',
  parameters:
    'params searchspace space paramspace hyperparameters hparams config paramdistributions paramgrid',
  metric: 'objective monitor metricname',
  goal: 'direction mode objectivetype',
  augmentation: 'augment augmentations dataaugmentation transforms transform',
  random_crop: 'randomcrop padandcrop',
  random_flip: 'randomhorizontalflip horizontalflip randomflip fliplr',
  random_shift: 'randomtranslation translation shift',
  random_rotation: 'randomrotation rotation rotate',
  random_erasing: 'cutout erasing',
  label_smoothing: 'labelsmooth labelsmoothingfactor smoothing',
  class_weight: 'classweights balancedclassweights',
  early_stopping: 'earlystopping earlystop earlystoppingcallback',
  patience: 'earlystoppingrounds earlystoppingpatience niternochange wait',
  restore_best: 'restorebestweights restorebest loadbestmodelatend',
  min_delta: 'mindelta tol minimumdelta',
  early_terminate: 'earlystopping earlystop pruner pruning stopper',
  trial_timeout: 'timeout timelimit timebudget maxtime',
  min_iter: 'graceperiod nwarmupsteps minresource startepoch',
  max_iter: 'maxt maxresource',
  eta: 'reductionfactor haltingfactor',
  min_trials: 'nstartuptrials minsamplesrequired',
  // Keys of a swept parameter.
  values: 'choices categories options grid',
  min: 'low lower lowerbound start from',
  max: 'high upper upperbound stop end',
  mu: 'mean loc',
  sigma: 'std stddev sd scale',
  q: 'step quantization',
  probabilities: 'probs p weights',
  distribution: 'dist prior type',
  // Words.
  bayes: 'bayesian bayesopt bayesianoptimization tpe hyperopt optuna smbo bo gp gaussianprocess',
  grid: 'gridsearch exhaustive bruteforce',
  random: 'randomsearch',
  sobol: 'qmc quasirandom halton lhs latinhypercube',
  asha: 'successivehalving sha asyncsuccessivehalving asynchyperband',
  hyperband: 'hyperbandpruner bohb',
  median: 'medianstopping medianrule medianstop medianpruner',
  minimize: 'min minimum lower down',
  maximize: 'max maximum higher up',
  uniform: 'float real continuous',
  int_uniform: 'int integer randint',
  log_uniform_values: 'loguniform reciprocal log',
  q_log_uniform_values: 'qloguniform',
  normal: 'gaussian randn',
  categorical: 'choice category discrete ordinal',
  identity: 'linear none',
  sigmoid: 'logistic',
  // Metrics.
  'validation.loss': 'valloss validationloss evalloss devloss',
  'validation.accuracy': 'valaccuracy valacc validationaccuracy validationacc evalaccuracy devaccuracy',
  'validation.r2': 'valr2 valr2score validationr2score',
  'validation.rmse': 'valrmse',
  'test.loss': 'loss valloss validationloss evalloss devloss testloss crossentropy nll cost mse',
  'test.accuracy':
    'accuracy acc valaccuracy valacc validationaccuracy validationacc evalaccuracy devaccuracy testaccuracy testacc top1 score',
  'test.balanced-accuracy': 'balancedaccuracyscore balancedacc bacc uar',
  'test.r2': 'r2score rsquared valr2 valr2score validationr2score',
  'test.rmse': 'rootmeansquarederror valrmse',
  'test.reconstruction-loss': 'reconstructionerror reconloss',
  'train.loss': 'trainloss trainingloss',
  'train.accuracy': 'trainaccuracy trainacc trainingaccuracy',
  'train.r2': 'trainr2score',
  'train.penalty': 'penaltyloss regloss regularizationloss',
  'mean-abs-correlation': 'correlation corr meancorrelation abscorrelation meanabscorr redundancy',
  'effective-rank': 'rank erank',
  'dead-units': 'dead deadneurons deadrelus',
  seconds: 'time duration runtime walltime elapsed',
};

/** Names by each word for them. */
const MEANINGS: ReadonlyMap<string, readonly string[]> = byWord();

function byWord(): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [name, words] of Object.entries(WORDS)) {
    // Its own name too, for who writes batchSize.
    for (const word of [plain(name), ...words.split(' ')])
      names.set(word, [...(names.get(word) ?? []), name]);
  }
  return names;
}

/** The names that a word of another framework may stand for, whatever its case, dashes, dots and underscores. */
export function meanings(word: string): readonly string[] {
  return MEANINGS.get(plain(word)) ?? [];
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ /]|(?<=\w)\./g, '');
}
