/** The words that papers and comments are made of. Everything here was made up for this purpose. */

export const GIVEN_NAMES: readonly string[] = (
  'Ada Amélie Anouk Arjun Asta Aylin Bao Beatriz Bram Callum Chiara Chidi Dalia Daniyar Elif Emeka Esra Farah Fenna ' +
  'Gabriela Goran Hana Hedda Hiroto Idris Ilse Imani Ingrid Ivo Jana João Jonas Kaito Katya Kenji Leila Linnea Lucía Maja ' +
  'Malik Marek Mei Milan Mira Nadia Naveen Niamh Nikos Noor Oksana Omar Paloma Petra Priya Quang Rana Reza Rosa Rune Sanne ' +
  'Selin Signe Soo-jin Søren Tariq Tala Thandi Tomás Uma Vera Viktor Wanjiru Xiu Yara Yusuf Zofia Zuri'
).split(' ')

export const FAMILY_NAMES: readonly string[] = (
  'Abendroth Achterberg Adeyinka Almquist Aranda Baptista Bergström Birkeland Bokhari Brannigan Castellane Chakravorty ' +
  'Czerny Dahlgren Delacourt Demirkan Dufresne Eikenaar Ekundayo Farrokhi Feldkamp Fujimori Galloway Gerasimov Grønlund ' +
  'Hakimi Halvorsen Hashiguchi Hollander Iwamoto Jaśkowiak Jovanović Kallergis Karimov Kestrel Kovačić Kwarteng Lindqvist ' +
  'Lombardi Maalouf Marchetti Mbatha Montclair Moravec Nakagome Ndiaye Nørgaard Obinna Okonjo Ólafsdóttir Oyelaran ' +
  'Papanikos Pellegrin Pham-Le Quintana Rahimov Ravensburg Rosenqvist Sahlström Salcedo Sandoval Schönwald Siriwan ' +
  'Szymborski Tanaka-Ruiz Thornbury Toivonen Ugarte Valderrama Vandermeer Villaseñor Wachter Weissenberg Wierzbicki ' +
  'Yıldıran Zamora Zhukova'
).split(' ')

export const QUALITIES: readonly string[] = [
  ...[
    'Adaptive',
    'Amortized',
    'Anytime',
    'Bounded',
    'Calibrated',
    'Causal',
    'Certified',
    'Compositional',
    'Contrastive',
  ],
  ...['Curvature-Aware', 'Decoupled', 'Differentiable', 'Distilled', 'Equivariant', 'Federated', 'Geometric'],
  ...['Gradient-Free', 'Hierarchical', 'Implicit', 'Incremental', 'Invariant', 'Latent', 'Lazy', 'Lightweight'],
  ...['Low-Rank', 'Memory-Bound', 'Modular', 'Monotone', 'Noise-Tolerant', 'Parallel', 'Probabilistic', 'Quantized'],
  ...['Recurrent', 'Regularized', 'Robust', 'Sample-Efficient', 'Self-Correcting', 'Sparse', 'Spectral', 'Stochastic'],
  ...['Streaming', 'Structured', 'Symbolic', 'Task-Agnostic', 'Uncertainty-Guided', 'Unsupervised'],
]

export const METHODS: readonly string[] = [
  ...['Attention', 'Autoencoding', 'Bandits', 'Belief Propagation', 'Curricula', 'Diffusion', 'Distillation'],
  ...['Embeddings', 'Energy Models', 'Ensembling', 'Fine-Tuning', 'Flow Matching', 'Gating', 'Graph Kernels'],
  ...['Hypernetworks', 'Kernel Regression', 'Mixtures of Experts', 'Model Merging', 'Normalizing Flows'],
  ...['Optimal Transport', 'Policy Search', 'Pruning', 'Retrieval', 'Reward Shaping', 'Routing', 'Sampling'],
  ...['Score Estimation', 'State-Space Models', 'Token Mixing', 'Tree Search', 'Variational Inference', 'World Models'],
]

export const TASKS: readonly string[] = [
  ...['Ancient Script Transcription', 'Bird Call Recognition', 'Climate Downscaling', 'Code Repair', 'Crop Mapping'],
  ...['Dialogue State Tracking', 'Document Layout Analysis', 'Earthquake Phase Picking', 'Few-Shot Segmentation'],
  ...['Glacier Monitoring', 'Graph Matching', 'Image Restoration', 'Legged Locomotion', 'Long-Document Summarization'],
  ...['Materials Screening', 'Medical Triage', 'Molecule Generation', 'Multi-Agent Negotiation', 'Night-Time Driving'],
  ...['Ocean Current Forecasting', 'Off-Policy Evaluation', 'Point Cloud Registration', 'Power Grid Dispatch'],
  ...['Protein Docking', 'Query Planning', 'Robotic Grasping', 'Sign Language Translation', 'Speech Separation'],
  ...[
    'Supply Planning',
    'Symbolic Regression',
    'Table Question Answering',
    'Theorem Proving',
    'Time Series Imputation',
  ],
  ...['Traffic Prediction', 'Video Anomaly Detection', 'Visual Place Recognition', 'Wind Farm Control'],
]

export const CONDITIONS: readonly string[] = [
  ...['beyond Independent Samples', 'from a Handful of Labels', 'in the Wild', 'on Edge Devices', 'under Domain Shift'],
  ...['under a Fixed Compute Budget', 'with Delayed Feedback', 'with Missing Modalities', 'with Noisy Annotators'],
  ...['with Partial Observability', 'without Backpropagation', 'without Paired Data', 'at Planetary Scale'],
]

export const KEYWORDS: readonly string[] = [
  ...['active learning', 'alignment', 'attention', 'bayesian methods', 'benchmarks', 'calibration', 'causality'],
  ...['continual learning', 'data curation', 'diffusion models', 'efficient inference', 'equivariance', 'evaluation'],
  ...['explainability', 'fairness', 'federated learning', 'generalization', 'generative models', 'graph networks'],
  ...['in-context learning', 'kernel methods', 'language models', 'meta-learning', 'multimodal learning'],
  ...['neural operators', 'optimization', 'planning', 'privacy', 'quantization', 'reinforcement learning', 'retrieval'],
  ...[
    'robotics',
    'robustness',
    'safety',
    'scaling',
    'self-supervision',
    'time series',
    'transfer',
    'uncertainty',
    'vision',
  ],
]

export const PROBLEMS: readonly string[] = [
  'training signals are scarce and expensive to verify',
  'the cost of inference grows faster than the quality of the answers',
  'models fitted in the laboratory lose their calibration in the field',
  'labels arrive late, and some of them never',
  'the usual benchmarks reward memorisation',
  'a single outlier can move the estimate arbitrarily far',
  'memory, not arithmetic, is the bottleneck',
  'the assumptions of the theory are violated by every data set in use',
]

export const APPROACHES: readonly string[] = [
  'a two-stage estimator that first screens the candidates and then spends its budget on the few that matter',
  'a training objective whose gradient can be computed from one forward pass',
  'an architecture in which depth is chosen for each example',
  'a simple change of variables that turns the constrained problem into an unconstrained one',
  'a buffer of past mistakes that is replayed in proportion to their cost',
  'a regulariser derived from the symmetry of the task',
  'a routing scheme that needs no load-balancing loss',
  'a test that decides when to stop sampling',
]

export const FINDINGS: readonly string[] = [
  'matches the strongest baseline at a fraction of its compute',
  'closes most of the gap to full supervision',
  'holds up when the test distribution drifts away from the training data',
  'fails gracefully, and says so, on inputs it has not been made for',
  'scales close to linearly up to the largest machine that was available to us',
  'is alone in improving on every split',
]

export const PRAISE: readonly string[] = [
  'The question is well chosen and the motivation is easy to follow.',
  'The proofs are short, and I could check all of them.',
  'The ablations answer most of what I wanted to ask.',
  'I appreciate that negative results are reported as well.',
  'The code runs as described and reproduces the main table.',
  'The figures carry the argument; one could almost read them alone.',
]

export const DOUBTS: readonly string[] = [
  'The comparison leaves out the most obvious baseline.',
  'It is not clear how sensitive the results are to the choice of the threshold.',
  'Only two seeds were used, and the intervals overlap.',
  'The main assumption is stated late and never tested.',
  'Section 4 reads like a first draft and should be rewritten.',
  'The cost of the preprocessing is not counted in the timings.',
  'I could not find the number of annotators or how they were paid.',
]

export const REPLIES: readonly string[] = [
  'Thank you for the careful reading.',
  'We have added the missing baseline; the ranking does not change.',
  'The threshold was fixed before any test data were seen, and we now say so.',
  'We have rerun everything with ten seeds and updated the tables.',
  'The preprocessing takes four minutes in all and is done once.',
  'We agree that the section was hard to read, and have reorganised it.',
]
