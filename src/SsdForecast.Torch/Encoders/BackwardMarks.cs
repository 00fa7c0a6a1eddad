using static TorchSharp.torch;

namespace SsdForecast.Torch.Encoders;

/// <summary>
/// Tells while a backward pass runs how far it has come. A mark is an identity in the graph before a layer. Autograd runs the nodes of one device from the one made last to
/// the one made first, and adds to a parameter's gradient as soon as it has it (<c>sequence_nr</c> in torch's <c>autograd/function.h</c>): when the mark's
/// backward is called, the gradients of all parameters first used behind it are whole.
/// </summary>
/// <param name="layers">Before which layers of an <see cref="Encoder"/> a mark is set; its number of layers is the place behind its last norm.</param>
/// <param name="reached">Is told a layer when the backward pass has come to its mark, on the thread that runs the pass. Must not throw.</param>
internal sealed class BackwardMarks(IReadOnlySet<int> layers, Action<int> reached)
{
    /// <summary>Whether the forward pass to come sets marks. Of several passes that are summed into one gradient only the one whose backward ends it may.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>The same numbers, behind a mark where one is wanted.</summary>
    /// <param name="layer">The layer that reads them next.</param>
    /// <param name="x">What it reads.</param>
    public Tensor At(int layer, Tensor x)
        => IsOpen && layers.Contains(layer) && is_grad_enabled() && x.requires_grad ? Function.apply(x, reached, layer) : x;

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(BackwardMarks);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("told", vars[1]);
            ctx.save_data("layer", vars[2]);
            return ((Tensor)vars[0]).alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            ((Action<int>)ctx.get_data("told"))((int)ctx.get_data("layer"));
            return [grad_output.alias(), null!, null!];
        }
    }
}
