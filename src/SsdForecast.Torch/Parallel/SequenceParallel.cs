using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Parallel;

/// <summary>
/// The operator over a sequence that is split in time over workers: every worker runs its segment from a zero state, summaries are combined along
/// the chain, and each segment's outputs are corrected by what its incoming state adds, <c>y_i += exp(cs_i)·H·C_i</c>. The same primitive replays the
/// tail of an event log from a saved state. Source: Dao and Gu 2024, section 8.2 (context parallelism).
/// </summary>
public static class SequenceParallel
{
    /// <summary>Runs the operator over segments.</summary>
    /// <param name="inputs">The operands of the whole sequence.</param>
    /// <param name="workers">Number of segments, at least 1; each runs as a task of its own.</param>
    /// <param name="options">How each segment is evaluated.</param>
    /// <returns>The same as <see cref="SsdOperator.Run"/> on the whole.</returns>
    /// <exception cref="ArgumentException">A sequence index is given: resets and segments do not mix here.</exception>
    public static SsdOutput Run(SsdInputs inputs, int workers, SsdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        if (inputs.SequenceIndex is not null) throw new ArgumentException("sequence parallelism takes one sequence a row; drop the sequence index", nameof(inputs));
        options ??= SsdOptions.Default;
        inputs.Validate();
        if (inputs.HasMamba3Options)
        {
            // Phases and the weights across a cut come from the whole; what is left is plain.
            var pass = PlainPass.From(inputs, options);
            return pass.Finish(Run(pass.Inputs, workers, pass.Options));
        }

        var count = (int)Math.Min(workers, inputs.Length);
        var segments = Enumerable.Range(0, count).Select(k => Segment(inputs, inputs.Length * k / count, inputs.Length * (k + 1) / count)).ToArray();
        var gradient = is_grad_enabled();
        var alone = new (SsdOutput Output, SegmentSummary Summary, Tensor FromStart)[count];
        // Gradient mode belongs to a thread: a worker takes that of the caller.
        System.Threading.Tasks.Parallel.For(0, count, k =>
        {
            using var _ = set_grad_enabled(gradient);
            alone[k] = Alone(segments[k], options);
        });

        var state = inputs.InitialStates;
        var outputs = new Tensor[count];
        for (var k = 0; k < count; k++)
        {
            outputs[k] = state is null ? alone[k].Output.Y : alone[k].Output.Y + Correction(segments[k], alone[k].FromStart, state).to_type(inputs.X.dtype);
            state = state is null ? alone[k].Summary.State : alone[k].Summary.Apply(state.to_type(alone[k].Summary.State.dtype));
        }
        return new SsdOutput(cat(outputs, 1), state!);
    }

    /// <summary>A segment from a zero state, what it does to a state, and the decay from its start to each position.</summary>
    private static (SsdOutput Output, SegmentSummary Summary, Tensor FromStart) Alone(SsdInputs segment, SsdOptions options)
    {
        var output = SsdOperator.Run(segment, options);
        var work = output.FinalStates.dtype;
        var dt = Discretised.StepSize(segment, options, work);
        var a = segment.A.to_type(work);
        var log = segment.IsDiagonal ? dt.unsqueeze(-1) * a : (dt * a).unsqueeze(-1);       // (b, l, h, n or 1)
        var fromStart = Decay.FromStart(Decay.Cumulative(log.transpose(1, 3)), work).transpose(1, 3);
        var total = fromStart.select(1, segment.Length - 1).unsqueeze(2);                   // (b, h, 1, n or 1)
        return (output, new SegmentSummary(output.FinalStates, total), fromStart);
    }

    /// <summary>What the incoming state adds to the outputs, <c>(b, l, h, p)</c>.</summary>
    private static Tensor Correction(SsdInputs segment, Tensor fromStart, Tensor state)
    {
        var c = Discretised.PerHead(segment.C.to_type(fromStart.dtype), segment.Heads) * fromStart;   // (b, l, h, n)
        return einsum("blhn,bhpn->blhp", c, state.to_type(fromStart.dtype));
    }

    private static SsdInputs Segment(SsdInputs i, long start, long end) => i with
    {
        X = i.X.narrow(1, start, end - start),
        Dt = i.Dt.narrow(1, start, end - start),
        Gain = i.Gain?.narrow(1, start, end - start),
        B = i.B.narrow(1, start, end - start),
        C = i.C.narrow(1, start, end - start),
        Elapsed = i.Elapsed?.narrow(1, start, end - start),
        InitialStates = null,
    };
}
