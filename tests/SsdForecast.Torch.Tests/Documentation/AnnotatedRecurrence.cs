using MathNet.Numerics.LinearAlgebra;
using SsdForecast.Structure;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Sections 1 to 3: a recurrence, its parameters, its matrix.</summary>
public class AnnotatedRecurrence : AnnotatedSamples
{
    public void Smoothing()
    {
        #region Smoothing
        double[] x = [10, 12, 9, 11, 30, 10, 11, 12];
        const double keep = 0.8;

        // One step at a time: what is kept of the past, and a share of the new value.
        var h = 0.0;
        var stepped = x.Select(value => h = keep * h + (1 - keep) * value).ToArray();

        // All at once: every value so far, weighted by its age.
        var summed = x.Select((_, t) => Enumerable.Range(0, t + 1).Sum(j => Math.Pow(keep, t - j) * (1 - keep) * x[j])).ToArray();

        Print("stepped", stepped);
        Print("summed", summed);
        Print($"the same: {Same(stepped, summed)}");
        #endregion
    }

    public void Discretisation()
    {
        #region Discretisation
        // dh/dτ = A h + x with A = −1, x = 1 held over one step from h = 0: the exact step, and the two that are used.
        foreach (var dt in new[] { 1.0, 0.1, 0.01 })
        {
            var exact = 1 - Math.Exp(-dt);
            var trapezoid = (dt / 2) + (dt / 2 * Math.Exp(-dt));
            Print($"dt {dt,-5} exact {exact:0.000000}  dt·x off by {(dt / exact) - 1:0.00000}  trapezoid by {(trapezoid / exact) - 1:0.00000}");
        }
        #endregion
    }

    public void Clock()
    {
        #region Clock
        SsdInputs Events(double[] x, double[] elapsed) => new()
        {
            X = tensor(x).reshape(1, x.Length, 1, 1),
            Dt = ones(1, x.Length, 1, dtype: ScalarType.Float64) * 0.5,
            A = tensor(new[] { -0.4 }),
            B = ones(1, x.Length, 1, 1, dtype: ScalarType.Float64),
            C = ones(1, x.Length, 1, 1, dtype: ScalarType.Float64),
            Elapsed = tensor(elapsed).reshape(1, x.Length),
        };

        // The state three units of time after the last of two events.
        Print("by the clock", SsdOperator.Run(Events([2, 1, 0], [1, 1, 3])).FinalStates);
        Print("on a grid", SsdOperator.Run(Events([2, 1, 0, 0, 0], [1, 1, 1, 1, 1])).FinalStates);
        Print("by the count", SsdOperator.Run(Events([2, 1, 0], [1, 1, 1])).FinalStates);
        // An event at a standing clock leaves no trace, whatever its value.
        Print("standing clock", SsdOperator.Run(Events([2, 1, 1000, 0], [1, 1, 0, 3])).FinalStates);
        #endregion
    }

    public void MatrixOfARecurrence()
    {
        #region MatrixOfARecurrence
        double[] a = [1, 0.9, 0.5, 0.8, 0.9, 0.7];
        var ssm = DiagonalSsm.Scalar(a, b: Normal(1, 6, 2).ToArray(), c: Normal(2, 6, 2).ToArray());
        var m = Matrix<double>.Build.DenseOfArray(ssm.ToMatrix());
        var x = Normal(3, 6);
        Print(m);
        Print("recurrence", ssm.Apply(x));
        Print("M x", m * Vector<double>.Build.Dense(x));
        Print($"the same: {Same(ssm.Apply(x), m * Vector<double>.Build.Dense(x))}");

        var blocks = Enumerable.Range(0, 6).Select(t => m.SubMatrix(t, 6 - t, 0, t + 1).Rank());
        Print($"rank of M: {m.Rank()}; of the blocks M[t:, :t+1]: {string.Join(' ', blocks)}");
        #endregion
    }
}
