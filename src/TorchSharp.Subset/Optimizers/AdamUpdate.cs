using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// The update that Adam and AdamW share, over all parameters at once: torch's foreach operators run a few kernels for the whole
/// group where one by one it would be a dozen a parameter.
/// </summary>
internal static class AdamUpdate
{
    /// <summary>Takes a step in place.</summary>
    /// <param name="decoupled">Weights decay by themselves, as in AdamW, and not by way of the gradient.</param>
    /// <param name="all">The parameters of a group that have a gradient.</param>
    internal static void Apply<TState>(double rate, AdamSettings settings, bool decoupled, List<(Parameter Parameter, Tensor Gradient, TState State)> all)
        where TState : IAdamState
    {
        foreach ((_, _, TState state) in all) state.Moments.Step++;
        // Parameters that were without a gradient now and then have taken fewer steps than the others.
        foreach (var equal in all.GroupBy(p => p.State.Moments.Step))
        {
            Apply(
                rate, settings, decoupled, equal.Key, [.. equal.Select(p => p.Parameter)], [.. equal.Select(p => p.Gradient)],
                [.. equal.Select(p => p.State.Moments.First)], [.. equal.Select(p => p.State.Moments.Second)],
                settings.AmsGrad!.Value ? [.. equal.Select(p => p.State.Moments.Maximum!)] : []);
        }
    }

    // The maxima, with amsgrad the largest second moments so far, are updated; otherwise there are none.
    private static void Apply(
        double rate, AdamSettings settings, bool decoupled, long step, Tensor[] parameters, Tensor[] gradients, Tensor[] first, Tensor[] second, Tensor[] maxima)
    {
        double beta1 = settings.Beta1!.Value, beta2 = settings.Beta2!.Value, decay = settings.WeightDecay!.Value;
        if (settings.Maximize!.Value) gradients = Aten.CallList("_foreach_neg", gradients);
        if (decoupled) Aten.Run("_foreach_mul_.Scalar", parameters, 1 - (rate * decay));
        else if (decay != 0) gradients = Aten.CallList("_foreach_add.List", gradients, parameters, decay);

        Aten.Run("_foreach_mul_.Scalar", first, beta1);
        Aten.Run("_foreach_add_.List", first, gradients, 1 - beta1);
        Aten.Run("_foreach_mul_.Scalar", second, beta2);
        Aten.Run("_foreach_addcmul_.Scalar", second, gradients, gradients, 1 - beta2);
        for (int i = 0; i < maxima.Length; i++) Aten.Call("maximum.out", maxima[i], second[i], maxima[i]);

        Tensor[] denominators = Aten.CallList("_foreach_sqrt", maxima.Length > 0 ? maxima : second);
        Aten.Run("_foreach_div_.Scalar", denominators, Math.Sqrt(1 - Math.Pow(beta2, step)));
        Aten.Run("_foreach_add_.Scalar", denominators, settings.Epsilon!.Value);
        Aten.Run("_foreach_addcdiv_.Scalar", parameters, first, denominators, -rate / (1 - Math.Pow(beta1, step)));
    }
}
