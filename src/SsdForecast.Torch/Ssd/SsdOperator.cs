using SsdForecast.Torch.Cuda;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The structured state-space duality operator: one linear map of a sequence, with a form for every purpose.
/// </summary>
/// <remarks>
/// Trained in parallel (<see cref="SsdForm.Chunked"/>, or the fused kernel), proven as masked attention (<see cref="SsdForm.Quadratic"/>), served as a
/// recurrence (<see cref="SsdForm.Recurrent"/>). Source: Dao and Gu 2024, arXiv 2405.21060; diagonal A: Hu et al. 2025, arXiv 2510.04944.
/// </remarks>
public static class SsdOperator
{
    /// <summary>Runs the operator over a sequence.</summary>
    /// <param name="inputs">The operands; see <see cref="SsdInputs"/> for shapes.</param>
    /// <param name="options">How to evaluate it; null for the defaults.</param>
    /// <returns>Outputs <c>(b, l, h, p)</c> and the final state <c>(b, h, p, n)</c>, both differentiable.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, the chunk size is below 1, or the asked-for form does not apply.</exception>
    public static SsdOutput Run(SsdInputs inputs, SsdOptions? options = null)
    {
        options ??= SsdOptions.Default;
        inputs.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChunkSize, 1, nameof(options.ChunkSize));
        if (inputs.SequenceIndex is { } seq) inputs = inputs with { SequenceIndex = Runs(seq) };

        if (inputs.HasMamba3Options)
        {
            if (options.Form == SsdForm.Recurrent) return Mamba3Recurrence.Run(inputs, options);
            var pass = PlainPass.From(inputs, options);
            return pass.Finish(Run(pass.Inputs, pass.Options));
        }

        var form = options.Form;
        if (form == SsdForm.Auto) form = KernelForm.Applies(inputs) || CudaForm.Applies(inputs) ? SsdForm.Kernel : SsdForm.Chunked;
        if (form == SsdForm.Kernel)
        {
            if (CudaForm.Applies(inputs)) return CudaForm.Run(inputs, options);
            if (!KernelForm.Applies(inputs))
                throw new ArgumentException("the kernel form takes float32 or float64 CPU tensors (on CUDA bfloat16, float16 or float32, and a driver with NVRTC), one decay rate a head, D a head and as many value heads as dt has; use SsdForm.Chunked", nameof(options));
            return KernelForm.Run(inputs, options);
        }

        var discretised = Discretised.From(inputs, options);
        var output = form switch
        {
            SsdForm.Recurrent => RecurrentForm.Run(discretised),
            SsdForm.Quadratic => QuadraticForm.Run(discretised),
            SsdForm.Chunked => ChunkedForm.Run(discretised, options.ChunkSize),
            _ => throw new ArgumentOutOfRangeException(nameof(options), form, "unknown form"),
        };
        return output with { Y = Discretised.AddDirectPath(output.Y, inputs) };
    }

    /// <summary>Numbers the runs of equal sequence index, so that an index that comes back counts as a new sequence: <c>(b, l)</c> int64.</summary>
    private static Tensor Runs(Tensor sequenceIndex)
    {
        var l = sequenceIndex.shape[1];
        var changes = sequenceIndex.narrow(1, 1, l - 1) != sequenceIndex.narrow(1, 0, l - 1);
        var first = zeros(sequenceIndex.shape[0], 1, dtype: ScalarType.Int64, device: sequenceIndex.device);
        return cat([first, changes.to_type(ScalarType.Int64)], 1).cumsum(1);
    }
}
