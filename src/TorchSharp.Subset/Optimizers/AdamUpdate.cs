using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// The update that Adam and AdamW share, over all parameters at once: torch's foreach operators run a few kernels for the whole
/// group where one by one it would be a dozen a parameter.
/// </summary>
internal static class AdamUpdate
{
    internal readonly record struct Settings(
        double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, bool Decoupled, bool Maximize);

    /// <summary>Takes a step in place.</summary>
    /// <param name="maxima">With amsgrad the largest second moments so far, which are updated; otherwise empty.</param>
    internal static void Apply(
        Settings settings, long step, Tensor[] parameters, Tensor[] gradients, Tensor[] first, Tensor[] second, Tensor[] maxima)
    {
        (double lr, double beta1, double beta2, double epsilon, double decay, bool decoupled, bool maximize) = settings;
        if (maximize) gradients = Aten.CallList("_foreach_neg", gradients);
        if (decoupled) Aten.Run("_foreach_mul_.Scalar", parameters, 1 - (lr * decay));
        else if (decay != 0) gradients = Aten.CallList("_foreach_add.List", gradients, parameters, decay);

        Aten.Run("_foreach_mul_.Scalar", first, beta1);
        Aten.Run("_foreach_add_.List", first, gradients, 1 - beta1);
        Aten.Run("_foreach_mul_.Scalar", second, beta2);
        Aten.Run("_foreach_addcmul_.Scalar", second, gradients, gradients, 1 - beta2);
        for (int i = 0; i < maxima.Length; i++) Aten.Call("maximum.out", maxima[i], second[i], maxima[i]);

        Tensor[] denominators = Aten.CallList("_foreach_sqrt", maxima.Length > 0 ? maxima : second);
        Aten.Run("_foreach_div_.Scalar", denominators, Math.Sqrt(1 - Math.Pow(beta2, step)));
        Aten.Run("_foreach_add_.Scalar", denominators, epsilon);
        Aten.Run("_foreach_addcdiv_.Scalar", parameters, first, denominators, -lr / (1 - Math.Pow(beta1, step)));
    }
}
