using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>The operator against numbers made outside this project, <c>golden/ssd_op_*</c>.</summary>
public class SsdGoldenTests
{
    [Theory]
    [InlineData("ssd_op_small")]
    [InlineData("ssd_op_groups")]
    public void Kernels_and_reference_reproduce_outputs_states_and_all_gradients(string name)
    {
        if (SharedFolder.Find($"golden/{name}.safetensors") is not { } path)
            return;
        Safetensors file = Safetensors.Read(path);
        SsdProblem problem = Load(file);
        SsdResults golden = new(problem.Shape)
        {
            Y = file.Float64("y"),
            FinalStates = file.Float64("final_states"),
            X = file.Float64("d_x"),
            Dt = file.Float64("d_dt"),
            A = file.Float64("d_A"),
            B = file.Float64("d_B"),
            C = file.Float64("d_C"),
            D = file.Float64("d_D"),
            DtBias = file.Float64("d_dt_bias"),
            InitialStates = file.Float64("d_initial_states"),
        };

        problem.Reference().AssertClose(golden, 1e-6, "reference");
        foreach (SimdWidth simd in Enum.GetValues<SimdWidth>())
            problem.Kernels<float>(simd: simd).AssertClose(golden, 2e-5, $"{simd}");

        SsdResults mine = problem.Kernels<float>();
        Assert.InRange(RelativeError.Of(mine.A, golden.A), 0, 2e-5);
        Assert.InRange(RelativeError.Of(mine.D, golden.D), 0, 2e-5);
        Assert.InRange(RelativeError.Of(mine.DtBias, golden.DtBias), 0, 2e-5);
    }

    private static SsdProblem Load(Safetensors file)
    {
        IReadOnlyList<long> x = file.Shape("x"), b = file.Shape("B");
        return new SsdProblem(new SsdShape((int)x[0], (int)x[1], (int)x[2], (int)x[3], (int)b[2], (int)b[3]))
        {
            Options = new SsdKernelOptions { DtSoftplus = true },
            X = file.Float64("x"),
            Dt = file.Float64("dt"),
            A = file.Float64("A"),
            B = file.Float64("B"),
            C = file.Float64("C"),
            D = file.Float64("D"),
            DtBias = file.Float64("dt_bias"),
            InitialStates = file.Float64("initial_states"),
            GradY = file.Float64("grad_y"),
            GradFinalStates = file.Float64("grad_final_states"),
        };
    }
}
