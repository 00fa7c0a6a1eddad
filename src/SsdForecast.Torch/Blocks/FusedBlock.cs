using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Cuda.Blocks;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>What a block is made of, as its products and kernels read it: matrices in the type of the activations, all else float32.</summary>
/// <param name="In">Of the projection, <c>(columns, d_model)</c>.</param>
/// <param name="Convolution">Of the convolution, <c>(channels, 1, taps)</c>.</param>
/// <param name="ConvolutionBias"><c>(channels)</c>.</param>
/// <param name="ALog"><c>(h)</c>.</param>
/// <param name="DtBias"><c>(h)</c>.</param>
/// <param name="D"><c>(h)</c>.</param>
/// <param name="Norm">Of the gated norm, <c>(inner)</c>.</param>
/// <param name="Out">Of the last product, <c>(d_model, inner)</c>.</param>
/// <param name="Diagonal">Of δ, <c>(h, inner)</c>, where there are two directions; else null.</param>
internal sealed record BlockWeights(Tensor In, Tensor Convolution, Tensor ConvolutionBias, Tensor ALog, Tensor DtBias, Tensor D, Tensor Norm, Tensor Out, Tensor? Diagonal);

/// <summary>
/// A whole block as one node of autograd's graph: two products (three with two directions) and three launches forward. Made of a node for each it gives the same numbers, but
/// the host then spends more time on the graph than the device on a small model.
/// </summary>
/// <param name="shape">Columns of the projection.</param>
/// <param name="ssd">Of the step sizes; final states are not given.</param>
/// <param name="groups">Groups of the gated norm.</param>
/// <param name="epsilon">Of the gated norm.</param>
/// <param name="normBeforeGate">Which comes first there.</param>
internal sealed class FusedBlock(InputsShape shape, SsdOptions ssd, long groups, double epsilon, bool normBeforeGate)
{
    /// <summary>Runs the block.</summary>
    /// <param name="u"><c>(b, l, d_model)</c>.</param>
    /// <param name="parameter">One of the parameters that are no matrices: all have its dtype.</param>
    /// <param name="weights">The weights for a dtype of <paramref name="u"/>; is asked where the kernels cover the block.</param>
    /// <param name="elapsed">Elapsed-time factor, <c>(b, l)</c>, or null.</param>
    /// <returns><c>(b, l, d_model)</c>; null where the kernels do not cover it.</returns>
    /// <exception cref="ArgumentException"><paramref name="elapsed"/> has another shape.</exception>
    public Tensor? Run(Tensor u, Tensor parameter, Func<ScalarType, BlockWeights> weights, Tensor? elapsed = null)
    {
        if (!BlockInputsForm.Applies(u, parameter, shape, shape.Columns)) return null;
        var (b, l) = (u.shape[0], u.shape[1]);
        if (elapsed is not null && !elapsed.shape.AsSpan().SequenceEqual([b, l]))
            throw new ArgumentException($"elapsed has shape ({string.Join(", ", elapsed.shape)}), expected ({b}, {l})", nameof(elapsed));
        if (CudaForm.CallFor(u, (shape.Directions * b, l, shape.Heads, shape.Inner / shape.Heads, shape.Groups, shape.State), ssd) is not { } operation) return null;
        var heads = shape.Directions == 2 ? shape.Heads : 0;
        if (!GatedNorm.Applies(u, shape.Inner, groups, heads)) return null;
        var norm = GatedNorm.CallFor(u, new GatedNorm.Problem(u.dtype, shape.Inner, (int)groups, normBeforeGate, heads), epsilon);
        var w = weights(u.dtype);
        // What is kept for the way back belongs to the graph, and without one to nobody.
        using var scope = NewDisposeScope();
        var output = Function.apply(
            u.contiguous(), w.In, w.Convolution, w.ConvolutionBias, w.ALog, w.DtBias, w.D, w.Norm, w.Out, w.Diagonal!, elapsed?.to_type(ScalarType.Float32).contiguous()!,
            new Call(BlockInputsForm.CallFor(u, shape), operation, norm));
        return output.MoveToOuterDisposeScope();
    }

    private sealed record Call(BlockInputsForm.Call Inputs, CudaForm.Call Ssd, GatedNorm.Call Norm)
    {
        public bool BothWays => Inputs.Shape.Directions == 2;
    }

    /// <summary>What a block computes on its way, and reads again on the way back.</summary>
    private sealed record Course(Tensor Projection, BlockInputs Inputs, Tensor Y, Tensor? Delta, Tensor Normed)
    {
        private const int Count = 8;

        /// <summary>In the order of <see cref="From"/>; views of others are made anew.</summary>
        public List<Tensor> Kept => [Projection, Inputs.X, Inputs.B, Inputs.C, Inputs.Dt, Inputs.A, Y, Normed, .. Delta is null ? (Tensor[])[] : [Delta]];

        public static Course From(IReadOnlyList<Tensor> t, InputsShape s)
        {
            var (b, l) = (t[0].shape[0], t[0].shape[1]);
            var inputs = new BlockInputs(t[0].narrow(2, 0, s.Inner), t[1], t[2], t[3], t[4], t[5], t[1].narrow(0, 0, b).view(b, l, s.Inner));
            return new Course(t[0], inputs, t[6], t.Count > Count ? t[Count] : null, t[7]);
        }
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        // Of the arguments: u, nine weights, elapsed time.
        private const int Inputs = 11;
        private const int U = 0;
        private const int In = 1;
        private const int Convolution = 2;
        private const int ConvolutionBias = 3;
        private const int ALog = 4;
        private const int DtBias = 5;
        private const int D = 6;
        private const int Norm = 7;
        private const int Out = 8;
        private const int Diagonal = 9;
        private const int Elapsed = 10;

        public override string Name => "FusedBlock";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            using var scope = NewDisposeScope();
            var t = Enumerable.Range(0, Inputs).Select(i => vars[i] as Tensor).ToList();
            var call = (Call)vars[Inputs];
            var u = t[U]!;
            var projection = Products.Linear(u, t[In]!);
            var inputs = BlockInputsForm.Forward(call.Inputs, OfInputs(t, projection));
            var y = empty(inputs.X.shape, dtype: u.dtype, device: u.device);
            CudaForm.Forward(call.Ssd, OfSsd(t, call, inputs), y, null);
            var delta = call.BothWays ? Products.Linear(inputs.First, t[Diagonal]!) : null;
            var course = new Course(projection, inputs, y, delta, GatedNorm.Forward(call.Norm, OfNorm(t, call, inputs, y, delta)));
            var output = Products.Linear(course.Normed, t[Out]!);

            foreach (var kept in course.Kept) kept.MoveToOuterDisposeScope();
            ctx.save_for_backward([.. t.Select(v => v!), .. course.Kept]);
            ctx.save_data(nameof(Call), call);
            return output.MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var call = (Call)ctx.get_data(nameof(Call));
            var saved = ctx.get_saved_variables();
            IReadOnlyList<Tensor?> t = saved[..Inputs];
            var course = Course.From(saved[Inputs..], call.Inputs.Shape);
            var (projection, inputs, y, delta, normed) = course;
            var gradients = new Tensor?[Inputs + 1];

            var upstream = grad_output.contiguous();
            gradients[Out] = Products.OfWeight(upstream, normed);
            var gradNormed = Products.OfInput(upstream, t[Out]!);
            var norm = GatedNorm.Backward(call.Norm, OfNorm(t, call, inputs, y, delta), gradNormed);
            gradNormed.Dispose();
            var (gradY, gradGate, gradFirst) = (norm[0]!, norm[1]!, norm[3]);
            gradients[Norm] = norm[2];
            if (call.BothWays)
            {
                gradients[D] = norm[5];
                gradients[Diagonal] = Products.OfWeight(norm[4]!, inputs.First);
                Products.AddOfInput(gradFirst!, norm[4]!, t[Diagonal]!);
            }

            var ssd = CudaForm.Backward(call.Ssd, OfSsd(t, call, inputs), gradY.view(y.shape), null);
            gradY.Dispose();
            if (!call.BothWays) gradients[D] = ssd[5];
            gradients[DtBias] = ssd[6];
            var ofInputs = BlockInputsForm.Backward(call.Inputs, OfInputs(t, projection), [gradGate, ssd[0], ssd[3], ssd[4], ssd[1], ssd[2], gradFirst]);
            (gradients[Convolution], gradients[ConvolutionBias], gradients[ALog]) = (ofInputs[1], ofInputs[2], ofInputs[3]);
            gradients[In] = Products.OfWeight(ofInputs[0]!, t[U]!);
            gradients[U] = Products.OfInput(ofInputs[0]!, t[In]!);
            return [.. gradients.Select(g => g?.MoveToOuterDisposeScope()!)];
        }

        private static List<Tensor?> OfInputs(IReadOnlyList<Tensor?> t, Tensor projection) => [projection, t[Convolution], t[ConvolutionBias], t[ALog], null];

        private static List<Tensor?> OfSsd(IReadOnlyList<Tensor?> t, Call call, BlockInputs i)
            => [i.X, i.Dt, i.A, i.B, i.C, call.BothWays ? null : t[D], t[DtBias], null, null, t[Elapsed], null];

        private static List<Tensor?> OfNorm(IReadOnlyList<Tensor?> t, Call call, BlockInputs i, Tensor y, Tensor? delta)
            => call.BothWays ? [y, Gate(call, i), t[Norm], i.First, delta, t[D]] : [y, Gate(call, i), t[Norm], null, null, null];

        private static Tensor Gate(Call call, BlockInputs i) => GatedNorm.Rows(i.Gate, call.Norm.Kernels.ForwardLane);
    }
}
