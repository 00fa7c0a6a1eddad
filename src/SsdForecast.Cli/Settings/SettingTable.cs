namespace SsdForecast.Cli.Settings;

/// <summary>Every setting there is. Options, configuration files and their documentation all come from here.</summary>
internal static class SettingTable
{
    public static readonly Setting Path = new("data", "path", SettingKind.Text, "the CSV file, .csv or .csv.gz; in a configuration file relative to that file") { Value = "FILE" };
    public static readonly Setting Id = new("data", "id", SettingKind.Text, "column that names the series of a long file") { Value = "COLUMN", Aliases = ["--id-column"], Default = "unique_id, series_id, … if there is one" };
    public static readonly Setting Time = new("data", "time", SettingKind.Text, "column of times") { Value = "COLUMN", Aliases = ["--time-column"], Default = "date, ds, timestamp, … or the only one that holds times" };
    public static readonly Setting Target = new("data", "target", SettingKind.List, "columns to forecast; may be repeated") { Value = "A,B", Default = "y, value or target; of a wide file every numeric column" };
    public static readonly Setting Past = new("data", "past", SettingKind.List, "covariates known up to the present");
    public static readonly Setting Known = new("data", "known", SettingKind.List, "covariates known over the horizon too");
    public static readonly Setting Static = new("data", "static", SettingKind.List, "covariates that are constant for a series");
    public static readonly Setting Layout = new("data", "layout", SettingKind.Choice, "how series lie in the file") { Choices = ["auto", "long", "wide_columns", "wide_rows"], Default = "auto" };
    public static readonly Setting Frequency = new("data", "frequency", SettingKind.Text, "step of the series: s, 30min, h, D, W, MS, QS, YS, or ordinal to number the rows") { Value = "STEP", Default = "found from the times" };
    public static readonly Setting Spacing = new("data", "spacing", SettingKind.Choice, "whether rows lie on a grid of time or are events") { Choices = ["auto", "regular", "irregular"], Default = "auto" };
    public static readonly Setting TimeFormat = new("data", "time_format", SettingKind.Text, "form of the times: day_first or month_first, a .NET date pattern such as yyyyMMdd HHmm, unix_s or unix_ms") { Value = "PATTERN", Default = "found from the times" };
    public static readonly Setting Missing = new("data", "missing", SettingKind.List, "cell texts that mean missing, besides NA, NaN, null, … and an empty cell") { Value = "A,B" };
    public static readonly Setting Gaps = new("data", "gaps", SettingKind.Choice, "times that a regular series lacks: fill them with missing values, or refuse the file") { Choices = ["fill", "refuse"], Default = "fill" };
    public static readonly Setting Duplicates = new("data", "duplicates", SettingKind.Choice, "rows that repeat a time") { Choices = ["keep_first", "keep_last", "mean", "refuse"], Default = "keep_first" };
    public static readonly Setting Order = new("data", "order", SettingKind.Choice, "rows out of order") { Choices = ["sort", "refuse"], Default = "sort" };
    public static readonly Setting Delimiter = new("data", "delimiter", SettingKind.Text, "cell delimiter, one character or tab") { Value = "CHAR", Default = "found from the header" };
    public static readonly Setting Decimal = new("data", "decimal", SettingKind.Choice, "decimal separator") { Choices = [".", ","], Default = "." };
    public static readonly Setting Header = new("data", "header", SettingKind.Flag, "whether the first line names the columns; without, they are V1, V2, …") { Option = "--no-header", OptionSets = false, OptionHelp = "the first line is data and names no columns: they are V1, V2, …", Default = "true" };

    public static readonly Setting Kind = new("model", "kind", SettingKind.Choice, "causal: one row at a time, streams; direct: a window in, the horizon out") { Choices = ["causal", "direct"], Default = "causal" };
    public static readonly Setting Horizon = new("model", "horizon", SettingKind.Whole, "rows to forecast; required");
    public static readonly Setting Lookback = new("model", "lookback", SettingKind.Whole, "rows that a forecast looks back on") { Default = "0: by season and length of the data" };
    public static readonly Setting Layers = new("model", "layers", SettingKind.Whole, "SSD blocks") { Default = "2" };
    public static readonly Setting DModel = new("model", "d_model", SettingKind.Whole, "width of the encoder") { Default = "64" };
    public static readonly Setting DState = new("model", "d_state", SettingKind.Whole, "state numbers for each channel of a head") { Default = "32" };
    public static readonly Setting HeadDim = new("model", "head_dim", SettingKind.Whole, "channels of a head") { Default = "16" };
    public static readonly Setting Expand = new("model", "expand", SettingKind.Whole, "inner width as a multiple of d_model") { Default = "2" };
    public static readonly Setting NGroups = new("model", "n_groups", SettingKind.Whole, "groups of heads that share B and C") { Default = "1" };
    public static readonly Setting DConv = new("model", "d_conv", SettingKind.Whole, "width of the convolution; 0 for none, as in Mamba-3") { Default = "4" };
    public static readonly Setting Discretization = new("model", "discretization", SettingKind.Choice, "how time is made discrete; trapezoid is that of Mamba-3") { Choices = ["exponential_euler", "trapezoid"], Default = "exponential_euler" };
    public static readonly Setting RotationFraction = new("model", "rotation_fraction", SettingKind.Number, "part of the state numbers that turn in pairs, for seasons; Mamba-3 has 0.5") { Default = "0" };
    public static readonly Setting BCNorm = new("model", "bc_norm", SettingKind.Flag, "whether B and C are normalised and biased, as in Mamba-3") { Option = "--bc-norm", OptionHelp = "normalise B and C and give them a bias a head, as in Mamba-3", Default = "false" };
    public static readonly Setting ChunkSize = new("model", "chunk_size", SettingKind.Whole, "chunk length of the SSD operator; changes speed, not results") { Default = "64" };
    public static readonly Setting Quantiles = new("model", "quantiles", SettingKind.List, "quantile levels, or none for a point model") { Value = "Q,Q", Default = "0.05,0.1,0.2,0.35,0.5,0.65,0.8,0.9,0.95" };
    public static readonly Setting Dropout = new("model", "dropout", SettingKind.Number, "dropout while training") { Default = "0.1" };
    public static readonly Setting Calendar = new("model", "calendar", SettingKind.Flag, "whether hour, weekday and day of the year are inputs") { Option = "--no-calendar", OptionSets = false, OptionHelp = "leave hour, weekday and day of the year out of the inputs", Default = "true" };
    public static readonly Setting PatchLength = new("model", "patch_length", SettingKind.Whole, "rows per patch of a direct model") { Default = "0: 16, or 24 for a lookback of 240 and more" };
    public static readonly Setting PatchStride = new("model", "patch_stride", SettingKind.Whole, "rows from one patch to the next") { Default = "0: half a patch" };

    public static readonly Setting Epochs = new("training", "epochs", SettingKind.Whole, "most epochs; 0 gives ridge regression alone") { Default = "30" };
    public static readonly Setting Patience = new("training", "patience", SettingKind.Whole, "epochs without a better validation loss before training stops") { Default = "6" };
    public static readonly Setting BatchSize = new("training", "batch_size", SettingKind.Whole, "windows per step") { Default = "0: 16 causal, 64 direct" };
    public static readonly Setting WindowLength = new("training", "window_length", SettingKind.Whole, "positions per training window of a causal model") { Default = "256" };
    public static readonly Setting SequenceChunk = new("training", "sequence_chunk", SettingKind.Whole, "causal only: walk whole series in chunks of so many positions instead of drawing windows, for series that do not fit") { Default = "0: windows" };
    public static readonly Setting GradientChunks = new("training", "gradient_chunks", SettingKind.Whole, "chunks whose gradient is exact together; a step each") { Default = "4" };
    public static readonly Setting Recompute = new("training", "recompute", SettingKind.Flag, "whether the backward pass computes a chunk anew, which takes the memory of one chunk and a forward pass more") { Option = "--no-recompute", OptionSets = false, OptionHelp = "keep the activations of all chunks of a step: faster, with their memory", Default = "true" };
    public static readonly Setting StepsPerEpoch = new("training", "steps_per_epoch", SettingKind.Whole, "steps per epoch") { Default = "0: once over the data, 16 to 200" };
    public static readonly Setting LearningRate = new("training", "learning_rate", SettingKind.Number, "highest learning rate") { Default = "0.001" };
    public static readonly Setting SkipLearningRate = new("training", "skip_learning_rate", SettingKind.Number, "learning rate of the linear skip as a part of learning_rate") { Default = "0: it keeps its closed-form solution" };
    public static readonly Setting WeightDecay = new("training", "weight_decay", SettingKind.Number, "decoupled weight decay of matrices") { Default = "0.05" };
    public static readonly Setting WarmUp = new("training", "warm_up", SettingKind.Number, "part of all steps in which the learning rate rises") { Default = "0.1" };
    public static readonly Setting ClipNorm = new("training", "clip_norm", SettingKind.Number, "gradients are scaled down to this norm") { Default = "1" };
    public static readonly Setting PointLoss = new("training", "point_loss", SettingKind.Choice, "objective of a point model: its forecast is the median or the mean") { Choices = ["absolute", "squared"], Default = "absolute" };
    public static readonly Setting Calibrate = new("training", "calibrate", SettingKind.Flag, "whether quantiles are calibrated on the validation rows") { Option = "--no-calibrate", OptionSets = false, OptionHelp = "leave quantiles as training left them, not calibrated on the validation rows", Default = "true" };
    public static readonly Setting Split = new("training", "split", SettingKind.Text, "training/validation/test rows: 0.7/0.1/0.2, last:96/192, ett or ltsf") { Value = "RULE", Default = "0.7/0.1/0.2" };
    public static readonly Setting Seed = new("training", "seed", SettingKind.Whole, "seed of initial values, sampling and dropout") { Default = "1" };
    public static readonly Setting Device = new("training", "device", SettingKind.Text, "cpu, cuda or cuda:1") { Value = "DEVICE", Default = "cpu" };
    public static readonly Setting Gpus = new("training", "gpus", SettingKind.Whole, "processes that share each batch, one a GPU; with device cpu to try it out") { Default = "1" };
    public static readonly Setting DType = new("training", "dtype", SettingKind.Choice, "precision of the encoder's layers") { Choices = ["float32", "bfloat16"], Default = "float32" };
    public static readonly Setting Resume = new("training", "resume", SettingKind.Flag, "go on from OUT.checkpoint, which an interrupted run has left") { Default = "false" };

    public static readonly Setting Out = new("", "out", SettingKind.Text, "folder for the model, relative to where ssdf runs") { Value = "DIR" };

    /// <summary>How to read a CSV file.</summary>
    public static IReadOnlyList<Setting> Columns { get; } = [Id, Time, Target, Past, Known, Static, Layout, Frequency, Spacing, TimeFormat, Missing, Gaps, Duplicates, Order, Delimiter, Decimal, Header];

    /// <summary>The architecture.</summary>
    public static IReadOnlyList<Setting> Model { get; } = [Kind, Horizon, Lookback, Layers, DModel, DState, HeadDim, Expand, NGroups, DConv, Discretization, RotationFraction, BCNorm, ChunkSize, Quantiles, Dropout, Calendar, PatchLength, PatchStride];

    /// <summary>How to train.</summary>
    public static IReadOnlyList<Setting> Training { get; } =
        [Epochs, Patience, BatchSize, WindowLength, SequenceChunk, GradientChunks, Recompute, StepsPerEpoch, LearningRate, SkipLearningRate, WeightDecay, WarmUp, ClipNorm, PointLoss, Calibrate, Split, Seed, Device, Gpus, DType, Resume];

    /// <summary>All that a configuration file may hold, in the order of its reference.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Path, .. Columns, .. Model, .. Training, Out];

    /// <summary>The sections of a configuration file.</summary>
    public static IReadOnlyList<string> Sections { get; } = ["data", "model", "training"];
}
