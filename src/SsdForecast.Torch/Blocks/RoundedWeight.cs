using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>A weight rounded to the type of a layer's products: a leaf of its own, so that its gradient comes in that type and not in the weight's. No part of a module's state.</summary>
/// <param name="Values">The numbers, of the weight's shape.</param>
internal sealed record RoundedWeight(Tensor Values);
