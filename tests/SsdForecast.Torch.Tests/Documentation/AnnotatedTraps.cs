using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Section 15: numerical traps.</summary>
public class AnnotatedTraps : AnnotatedSamples
{
    public void Padding()
    {
        #region Padding
        // Ten steps padded to fourteen with x = B = C = 0: what is left of the state depends on dt.
        Tensor Padded(Tensor t) => cat([t, zeros([1, 4, .. t.shape[2..]], dtype: ScalarType.Float64)], 1);
        var ten = new SsdInputs
        {
            X = NormalTensor(1, 1, 10, 1, 2),
            Dt = NormalTensor(2, 1, 10, 1).abs(),
            A = tensor(new[] { -1.0 }),
            B = NormalTensor(3, 1, 10, 1, 2),
            C = NormalTensor(4, 1, 10, 1, 2),
        };
        var padded = ten with { X = Padded(ten.X), Dt = Padded(ten.Dt), B = Padded(ten.B), C = Padded(ten.C) };
        var goesOn = padded with { Dt = cat([ten.Dt, ten.Dt.narrow(1, 9, 1).expand(1, 4, 1)], 1) };
        Print("ten steps", SsdOperator.Run(ten).FinalStates);
        Print("dt = 0", SsdOperator.Run(padded).FinalStates);
        Print("dt goes on", SsdOperator.Run(goesOn).FinalStates);
        #endregion
    }

    public void Infinity()
    {
        #region Infinity
        // Above the diagonal the exponent is positive. Set to −∞ before exp it gives 0; multiplied by 0 after exp it does not.
        const float logA = -16, steps = 6;
        var difference = -steps * logA;                                         // cs_i − cs_j for j = i + 6
        Print($"0 · exp({difference}) = {0 * MathF.Exp(difference)}; exp(−∞) = {MathF.Exp(float.NegativeInfinity)}");

        // softplus(x) = log(1 + exp x) is x itself long before exp overflows.
        static float Softplus(float x) => x > 20 ? x : MathF.Log(1 + MathF.Exp(x));
        Print($"log(1 + exp 100) = {MathF.Log(1 + MathF.Exp(100))}; softplus(100) = {Softplus(100)}");
        #endregion
    }
}
