using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>How a forecaster is trained. Every default is what <c>ssdf fit</c> uses.</summary>
public sealed record TrainingOptions
{
    /// <summary>Seed of initial values, window sampling and dropout. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most epochs; training stops earlier when validation stops improving. Default 30. 0 gives ridge regression alone.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Epochs without a better validation loss before training stops. Default 6.</summary>
    public int Patience { get; init; } = 6;

    /// <summary>Windows a step, over all processes. 0 (default): 16 for a causal model, 64 for a direct one, 1 with <see cref="SequenceChunk"/>.</summary>
    public int BatchSize { get; init; }

    /// <summary>Positions a window for a causal model. Default 256, less for shorter series.</summary>
    public int WindowLength { get; init; } = 256;

    /// <summary>
    /// Positions a chunk, where a causal model walks whole series instead of drawing windows; 0 (default): windows. For sequences that do not fit: memory does
    /// not grow with their length. See docs/training.md.
    /// </summary>
    public int SequenceChunk { get; init; }

    /// <summary>Chunks whose gradient is exact together; beyond them it is cut off. An optimizer step each. Default 4.</summary>
    public int GradientChunks { get; init; } = 4;

    /// <summary>Whether activations of a chunk are computed anew in the backward pass, so that memory is that of one chunk. Default true.</summary>
    public bool Recompute { get; init; } = true;

    /// <summary>Steps an epoch; 0 (default): as many as cover the training rows once, between 16 and 200; with <see cref="SequenceChunk"/> all of them.</summary>
    public int StepsPerEpoch { get; init; }

    /// <summary>Highest learning rate. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Learning rate of the linear skip as a part of <see cref="LearningRate"/>. Default 0: it stays at its closed-form solution.</summary>
    public double SkipLearningRate { get; init; }

    /// <summary>Decoupled weight decay of matrices; never of norms, biases, A, D, dt. Default 0.05.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Part of all steps in which the learning rate rises from 0; after it follows a cosine to a hundredth. Default 0.1.</summary>
    public double WarmUp { get; init; } = 0.1;

    /// <summary>Gradients are scaled down to this norm. Default 1.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Training objective of a point model. Default absolute error; quantile models always take the pinball loss.</summary>
    public PointLoss PointLoss { get; init; } = PointLoss.Absolute;

    /// <summary>Whether quantiles are shifted after training so that they are calibrated on the validation rows (split conformal, a lead time and level). Default true.</summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>Part of the data for training, validation and test. Default 0.7 / 0.1 / 0.2.</summary>
    public SplitRule Split { get; init; } = SplitRule.Default;

    /// <summary>Where to train, such as <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. Default <c>cpu</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Precision of the encoder's layers: float32 (default) or bfloat16. Parameters, residual stream and states stay float32.</summary>
    public ScalarType ComputeType { get; init; } = ScalarType.Float32;

    /// <summary>Folder for a checkpoint after every epoch, from which training resumes; none when null.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Epochs >= 0, "epochs must be 0 or more", nameof(Epochs));
        Require(Patience >= 1, "patience must be 1 or more", nameof(Patience));
        Require(BatchSize >= 0, "batch_size must be 0 (automatic) or more", nameof(BatchSize));
        Require(WindowLength >= 1, "window_length must be 1 or more", nameof(WindowLength));
        Require(SequenceChunk >= 0, "sequence_chunk must be 0 (windows) or more", nameof(SequenceChunk));
        Require(GradientChunks >= 1, "gradient_chunks must be 1 or more", nameof(GradientChunks));
        Require((long)SequenceChunk * GradientChunks <= 1 << 28, "sequence_chunk times gradient_chunks must be 268,435,456 at most", nameof(SequenceChunk));
        Require(StepsPerEpoch >= 0, "steps_per_epoch must be 0 (automatic) or more", nameof(StepsPerEpoch));
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "learning_rate must be positive", nameof(LearningRate));
        Require(SkipLearningRate >= 0 && double.IsFinite(SkipLearningRate), "skip_learning_rate must be 0 or more", nameof(SkipLearningRate));
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), "weight_decay must be 0 or more", nameof(WeightDecay));
        Require(WarmUp is >= 0 and < 1, "warm_up must lie in [0, 1)", nameof(WarmUp));
        Require(ClipNorm > 0, "clip_norm must be positive", nameof(ClipNorm));
        Require(ComputeType is ScalarType.Float32 or ScalarType.BFloat16, "dtype must be float32 or bfloat16", nameof(ComputeType));
    }

    private static void Require(bool holds, string message, string name)
    {
        if (!holds) throw new ArgumentException(message, name);
    }
}

/// <summary>Training objective of a point model.</summary>
public enum PointLoss
{
    /// <summary>Mean absolute error: forecasts the median.</summary>
    Absolute,

    /// <summary>Mean squared error: forecasts the mean.</summary>
    Squared,
}
