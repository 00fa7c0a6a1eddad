using MathNet.Numerics.LinearAlgebra;
using SsdForecast.Structure;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>Section 14: the trapezoid and the rotation of Mamba-3.</summary>
public class AnnotatedMamba3 : AnnotatedSamples
{
    public void Trapezoid()
    {
        #region Trapezoid
        const int length = 7;
        var (dt, lambda) = (Normal(1, length).Select(Math.Abs).ToArray(), Normal(2, length).Select(v => 1 / (1 + Math.Exp(-v))).ToArray());
        var a = dt.Select(d => Math.Exp(-0.7 * d)).ToArray();
        var (b, c, x) = (Normal(3, length, 2), Normal(4, length, 2), Normal(5, length));
        // What step t gives to the input of the step before it, before the decay; nothing comes after the last step.
        double Earlier(int t) => t < length ? (1 - lambda[t]) * dt[t] : 0;

        // The recurrence with three terms.
        var (state, stepped) = (Vector<double>.Build.Dense(2), new double[length]);
        for (var t = 0; t < length; t++)
        {
            state = a[t] * state;
            if (t > 0) state += a[t] * Earlier(t) * x[t - 1] * b.Row(t - 1);
            state += lambda[t] * dt[t] * x[t] * b.Row(t);
            stepped[t] = c.Row(t).DotProduct(state);
        }

        // The ordinary operator with scaled keys, less what the diagonal then has too much.
        var scaled = Dense(length, 2, (t, n) => ((lambda[t] * dt[t]) + Earlier(t + 1)) * b[t, n]);
        var ordinary = DiagonalSsm.Scalar(a, scaled.ToArray(), c.ToArray()).Apply(x);
        var corrected = ordinary.Select((y, t) => y - (Earlier(t + 1) * c.Row(t).DotProduct(b.Row(t)) * x[t]));
        Print("three terms", stepped);
        Print("one operator", corrected);
        Print($"the same: {Same(corrected, stepped)}");
        #endregion
    }

    public void Rotation()
    {
        #region Rotation
        const int length = 25;
        var (b, c, x) = (Normal(1, length, 2), Normal(2, length, 2), Normal(3, length));
        Matrix<double> Turn(double angle) => Dense(2, 2, (i, j) => i == j ? Math.Cos(angle) : (i - j) * Math.Sin(angle));
        var theta = Normal(4, length);

        // The state decays and turns at every step.
        var (state, turned) = (Vector<double>.Build.Dense(2), new double[length]);
        for (var t = 0; t < length; t++)
        {
            state = (0.95 * Turn(theta[t]) * state) + (x[t] * b.Row(t));
            turned[t] = c.Row(t).DotProduct(state);
        }

        // The state only decays; keys and queries are turned back by the angle so far.
        var angle = theta.Select((_, t) => theta[..(t + 1)].Sum()).ToArray();
        double[,] TurnedBack(Matrix<double> rows) => Dense(length, 2, (t, n) => (Turn(-angle[t]) * rows.Row(t))[n]).ToArray();
        var ordinary = DiagonalSsm.Scalar([.. Enumerable.Repeat(0.95, length)], TurnedBack(b), TurnedBack(c)).Apply(x);
        Print($"a turning state, and turned keys and queries: the same: {Same(ordinary, turned)}");

        // Parity: a half turn for every 1. No positive decay can tell an even number of ones from an odd one.
        int[] bits = [1, 0, 1, 1, 0, 0, 1, 1];
        var h = Vector<double>.Build.Dense([1, 0]);
        Print($"bits   {string.Join(' ', bits)}");
        Print($"parity {string.Join(' ', bits.Select(bit => (h = Turn(Math.PI * bit) * h)[0] > 0 ? 0 : 1))}");
        #endregion
    }

    public void Mamba3Operator()
    {
        #region Mamba3Operator
        var inputs = new SsdInputs
        {
            X = NormalTensor(1, 1, 60, 2, 4),
            Dt = NormalTensor(2, 1, 60, 2).abs(),
            A = tensor(new[] { -0.1, -1.0 }),
            B = NormalTensor(3, 1, 60, 1, 8),
            C = NormalTensor(4, 1, 60, 1, 8),
            Lambda = NormalTensor(5, 1, 60, 2).sigmoid(),                       // (b, l, h): the trapezoid
            Rotation = NormalTensor(6, 1, 60, 1, 3),                            // (b, l, g, a): angular velocities of 3 of the 4 pairs
        };
        var recurrent = SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Recurrent }).Y;
        foreach (var form in new[] { SsdForm.Quadratic, SsdForm.Chunked, SsdForm.Kernel })
            Print($"{form,-10} the same as Recurrent: {Same(SsdOperator.Run(inputs, new SsdOptions { Form = form }).Y, recurrent)}");

        SsdOutput Part(int start, int length, SsdOutput? before) => SsdOperator.Run(inputs with
        {
            X = inputs.X.narrow(1, start, length),
            Dt = inputs.Dt.narrow(1, start, length),
            B = inputs.B.narrow(1, start, length),
            C = inputs.C.narrow(1, start, length),
            Lambda = inputs.Lambda.narrow(1, start, length),
            Rotation = inputs.Rotation.narrow(1, start, length),
            InitialStates = before?.FinalStates,
            PreviousB = before?.LastB,
            PreviousX = before?.LastX,
        });
        var first = Part(0, 40, null);
        Print($"40 steps, then 20: the same: {Same(cat([first.Y, Part(40, 20, first).Y], 1), recurrent)}");
        #endregion
    }
}
