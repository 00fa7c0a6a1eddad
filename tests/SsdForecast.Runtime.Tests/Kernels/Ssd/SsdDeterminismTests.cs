using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>The same bits at any number of threads and in every run.</summary>
public class SsdDeterminismTests
{
    public static TheoryData<int, int, int, int, int, int> Shapes => new()
    {
        { 1, 300, 8, 32, 1, 16 },
        { 5, 70, 4, 16, 2, 24 },
        { 1, 17, 3, 5, 3, 7 },
        { 1, 9000, 8, 2, 1, 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Threads_and_runs_do_not_change_a_bit(int b, int l, int h, int p, int g, int n)
    {
        SsdProblem problem = SsdProblem.Random(new Random(9), new SsdShape(b, l, h, p, g, n), everything: true);
        SsdResults one = problem.Kernels<float>(threads: 1);
        foreach (int threads in new[] { 1, 2, 3, 7 })
            problem.Kernels<float>(threads).AssertSameBits(one, $"{threads} threads");
    }

    [Fact]
    public unsafe void Checkpoints_of_the_forward_pass_give_the_gradients_that_the_backward_pass_finds_alone()
    {
        SsdShape shape = new(2, 400, 2, 8, 1, 8);
        SsdProblem problem = SsdProblem.Random(new Random(3), shape, everything: true);
        SsdResults alone = problem.Kernels<double>();
        double[] checkpoints = new double[SsdKernels.CheckpointLength(shape)], dX = new double[shape.XLength], dInitial = new double[shape.StatesLength];
        fixed (double* x = problem.X, dt = problem.Dt, gain = problem.Gain, a = problem.A, b = problem.B, c = problem.C, bias = problem.DtBias, d = problem.D)
        fixed (double* elapsed = problem.Elapsed, initial = problem.InitialStates, gradY = problem.GradY, gradFinal = problem.GradFinalStates)
        fixed (double* saved = checkpoints, toX = dX, toInitial = dInitial)
        fixed (int* sequence = problem.SeqIdx)
        {
            SsdInputs<double> inputs = new()
            {
                X = x, Dt = dt, Gain = gain, A = a, B = b, C = c, D = d, DtBias = bias, Elapsed = elapsed, SeqIdx = sequence, InitialStates = initial,
            };
            SsdKernels.Forward(shape, inputs, new SsdOutputs<double> { Checkpoints = saved }, problem.Options);
            SsdKernels.Backward(
                shape,
                inputs,
                new SsdGradients<double> { GradY = gradY, GradFinalStates = gradFinal, Checkpoints = saved, X = toX, InitialStates = toInitial },
                problem.Options);
        }

        Assert.Equal(alone.X, dX);
        Assert.Equal(alone.InitialStates, dInitial);
    }
}
