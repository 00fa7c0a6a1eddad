using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>A layer that mixes a sequence along time: <c>(b, l, d_model)</c> and optional elapsed time <c>(b, l)</c> to <c>(b, l, d_model)</c>.</summary>
public abstract class SequenceMixer : nn.Module<Tensor, Tensor?, Tensor>
{
    /// <summary>Creates the layer.</summary>
    /// <param name="name">Its name in messages.</param>
    protected SequenceMixer(string name) : base(name)
    {
    }

    /// <summary>Whether fused kernels are taken where there are any (default). Without them everything is made of torch's operators: the reference, and slower.</summary>
    public bool Fused { get; set; } = true;
}
