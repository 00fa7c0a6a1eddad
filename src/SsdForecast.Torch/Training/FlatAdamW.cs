using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Cuda.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101) over a flat buffer: two launches on CUDA, elsewhere some twenty operators, none
/// of which waits for the device. The numbers are those of TorchSharp's AdamW.
/// </summary>
internal sealed class FlatAdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly FlatParameters _parameters;
    private readonly double _weightDecay;
    private readonly double _skipRate;
    private readonly FlatRange _trained;

    /// <summary>Prepares moments of zero.</summary>
    /// <param name="parameters">What to train.</param>
    /// <param name="weightDecay">Decoupled decay of the matrices.</param>
    /// <param name="skipRate">Learning rate of the linear skip as a part of that of the others; 0 leaves it as it is.</param>
    public FlatAdamW(FlatParameters parameters, double weightDecay, double skipRate)
    {
        (_parameters, _weightDecay, _skipRate) = (parameters, weightDecay, skipRate);
        _trained = new FlatRange(0, skipRate == 0 ? parameters.Plain.End : parameters.Skip.End);
        First = zeros_like(_trained.Of(parameters.Values)).DetachFromDisposeScope();
        Second = zeros_like(_trained.Of(parameters.Values)).DetachFromDisposeScope();
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Running mean of the gradients, of all that is trained.</summary>
    public Tensor First { get; }

    /// <summary>Running mean of the squared gradients.</summary>
    public Tensor Second { get; }

    /// <summary>
    /// <see cref="Normalise"/> and <see cref="Step"/>, by fused kernels where there are any.
    /// </summary>
    /// <param name="largest">As for <see cref="Normalise"/>.</param>
    /// <param name="leastWeight">As for <see cref="Normalise"/>.</param>
    /// <param name="learningRate">As for <see cref="Step"/>.</param>
    /// <returns>The mean loss of the step, a scalar on the device.</returns>
    public Tensor Advance(double largest, double leastWeight, double learningRate)
    {
        if (!FusedAdamW.Applies(_parameters.Values))
        {
            var mean = Normalise(largest, leastWeight);
            Step(learningRate);
            return mean;
        }
        Steps++;
        var rate = learningRate / (1 - Math.Pow(Beta1, Steps));
        var loss = FusedAdamW.Step(
            new AdamWOperands
            {
                Values = DeviceMemory.Address(_parameters.Values),
                First = DeviceMemory.Address(First),
                Second = DeviceMemory.Address(Second),
                Gradients = DeviceMemory.Address(_parameters.Gradients),
                Rounded = DeviceMemory.Address(_parameters.Rounded),
                RoundedStart = _parameters.RoundedRange.Start,
                RoundedEnd = _parameters.RoundedRange.End,
                Length = _parameters.Length,
                Trained = _trained.End,
                Decayed = _parameters.Decayed.End,
                Plain = _parameters.Plain.End,
                Largest = (float)largest,
                LeastWeight = (float)leastWeight,
                Decay = (float)(1 - (learningRate * _weightDecay)),
                Rate = (float)rate,
                SkipRate = (float)(rate * _skipRate),
                Root = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps))),
            },
            _parameters.Values,
            _parameters.Rounded?.dtype ?? ScalarType.BFloat16);
        GC.KeepAlive(this);
        return loss;
    }

    /// <summary>
    /// Divides the summed gradients by the summed weight of the targets, and scales them down to a norm where theirs is larger.
    /// </summary>
    /// <param name="largest">The norm.</param>
    /// <param name="leastWeight">The weight is taken for this where it is smaller, as where no target is observed.</param>
    /// <returns>The mean loss of the step, a scalar on the device.</returns>
    public Tensor Normalise(double largest, double leastWeight)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var perWeight = _parameters.WeightTally().clamp_min(leastWeight).reciprocal();
        var norm = _parameters.GradientNorm() * perWeight;
        var factor = (norm + 1e-6).reciprocal().mul_(largest).clamp_max_(1).mul_(perWeight);
        _parameters.GradientsOnly().mul_(factor);
        return (_parameters.LossTally() * perWeight).MoveToOuterDisposeScope();
    }

    /// <summary>Takes a step in place.</summary>
    /// <param name="learningRate">Of all but the skip.</param>
    public void Step(double learningRate)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        Steps++;
        var gradients = _trained.Of(_parameters.Gradients);
        if (_weightDecay != 0) _parameters.Decayed.Of(_parameters.Values).mul_(1 - (learningRate * _weightDecay));
        First.mul_(Beta1).add_(gradients, 1 - Beta1);
        Second.mul_(Beta2).addcmul_(gradients, gradients, 1 - Beta2);
        var denominators = Second.sqrt().div_(Math.Sqrt(1 - Math.Pow(Beta2, Steps))).add_(Epsilon);

        var rate = -learningRate / (1 - Math.Pow(Beta1, Steps));
        void Move(FlatRange range, double by) => range.Of(_parameters.Values).addcdiv_(range.Of(First), range.Of(denominators), by);
        Move(new FlatRange(0, _parameters.Plain.End), rate);
        if (_skipRate != 0) Move(_parameters.Skip, rate * _skipRate);
        _parameters.Round();
    }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }
}
