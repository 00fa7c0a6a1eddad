using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

public static unsafe partial class SsdKernels
{
    /// <summary>Computes y (b, l, h, p) and, unless empty, final_states (b, h, p, n).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">A size, a length or an option is out of range; the message names it.</exception>
    public static void Forward<T>(in SsdShape shape, in SsdSpans<T> inputs, Span<T> y, Span<T> finalStates = default, SsdKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        inputs.Validate(shape);
        SpanChecks.Required(y.Length, shape.XLength, "y (b, l, h, p)");
        SpanChecks.Optional(finalStates.Length, shape.StatesLength, "final_states (b, h, p, n)");
        fixed (T* x = inputs.X, dt = inputs.Dt, a = inputs.A, b = inputs.B, c = inputs.C, d = inputs.D, bias = inputs.DtBias)
        fixed (T* gain = inputs.Gain, elapsed = inputs.Elapsed, initial = inputs.InitialStates, to = y, final = finalStates)
        fixed (int* sequence = inputs.SeqIdx)
        {
            SsdInputs<T> pointers = new()
            {
                X = x, Dt = dt, Gain = gain, A = a, B = b, C = c, D = d, DtBias = bias, Elapsed = elapsed, SeqIdx = sequence, InitialStates = initial,
            };
            Forward(shape, pointers, new SsdOutputs<T> { Y = to, FinalStates = final }, options);
        }
    }

    /// <summary>Computes the gradients whose spans are not empty.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">A size, a length or an option is out of range; the message names it.</exception>
    public static void Backward<T>(in SsdShape shape, in SsdSpans<T> inputs, in SsdGradientSpans<T> gradients, SsdKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        inputs.Validate(shape);
        gradients.Validate(shape);
        fixed (T* x = inputs.X, dt = inputs.Dt, a = inputs.A, b = inputs.B, c = inputs.C, d = inputs.D, bias = inputs.DtBias)
        fixed (T* gain = inputs.Gain, elapsed = inputs.Elapsed, initial = inputs.InitialStates, gradY = gradients.GradY, gradFinal = gradients.GradFinalStates)
        fixed (T* dX = gradients.X, dDt = gradients.Dt, dA = gradients.A, dB = gradients.B, dC = gradients.C, dD = gradients.D)
        fixed (T* dGain = gradients.Gain, dBias = gradients.DtBias, dInitial = gradients.InitialStates)
        fixed (int* sequence = inputs.SeqIdx)
        {
            SsdInputs<T> pointers = new()
            {
                X = x, Dt = dt, Gain = gain, A = a, B = b, C = c, D = d, DtBias = bias, Elapsed = elapsed, SeqIdx = sequence, InitialStates = initial,
            };
            SsdGradients<T> results = new()
            {
                GradY = gradY, GradFinalStates = gradFinal, X = dX, Dt = dDt, Gain = dGain, A = dA, B = dB, C = dC, D = dD,
                DtBias = dBias, InitialStates = dInitial,
            };
            Backward(shape, pointers, results, options);
        }
    }
}
