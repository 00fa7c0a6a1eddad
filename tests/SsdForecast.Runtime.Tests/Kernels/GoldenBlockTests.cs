namespace SsdForecast.Runtime.Tests.Kernels;

/// <summary>The block against the numbers of state-spaces/mamba, <c>golden/mamba2_block_small</c>.</summary>
public class GoldenBlockTests
{
    private static readonly BlockConfig Config = new() { DModel = 32, DState = 16, HeadDim = 8, Expand = 2, NGroups = 1, DConv = 4 };

    [Fact]
    public void Stepping_reproduces_the_outputs_and_final_states_of_mamba_ssm()
    {
        if (SharedFolder.Find("golden/mamba2_block_small.safetensors") is not { } path) return;
        var golden = Safetensors.Read(path);
        var block = new BlockStep(Config, golden, "param.");
        var u = golden.Float32("u", 2, 80, 32);
        var y = new float[u.Length];
        var (finalConv, finalSsm) = (new List<float>(), new List<float>());
        for (var b = 0; b < 2; b++)
        {
            var conv = new float[3 * Config.ConvDim];
            var ssm = new float[Config.DInner * Config.DState];
            for (var t = 0; t < 80; t++)
            {
                var at = ((b * 80) + t) * 32;
                block.Step(u.AsSpan(at, 32), y.AsSpan(at, 32), conv, ssm, 1, new Scratch(block.ScratchLength));
            }

            // Theirs is (channels, d_conv) with one column more than a step needs; here (d_conv − 1, channels).
            for (var c = 0; c < Config.ConvDim; c++)
                for (var k = 0; k < 3; k++) finalConv.Add(conv[(k * Config.ConvDim) + c]);
            finalSsm.AddRange(ssm);
        }

        var theirConv = golden.Float32("final_conv_state", 2, Config.ConvDim, 4).Where((_, i) => i % 4 > 0);
        Assert.InRange(RelativeError.Of(y, golden.Float32("y_step")), 0, 2e-5);
        Assert.InRange(RelativeError.Of(finalConv, theirConv), 0, 2e-5);
        Assert.InRange(RelativeError.Of(finalSsm, golden.Float32("final_ssm_state")), 0, 2e-5);
    }

    [Fact]
    public void The_reference_in_float64_reproduces_them_too()
    {
        if (SharedFolder.Find("golden/mamba2_block_small.safetensors") is not { } path) return;
        var golden = Safetensors.Read(path);
        var weights = ModelWeights.Mixer(Config).ToDictionary(t => t.Name, t => golden.Float64("param." + t.Name));
        var u = golden.Float64("u");
        var y = new List<double>();
        for (var b = 0; b < 2; b++)
        {
            var block = new ReferenceBlock(Config, name => weights[name]);
            for (var t = 0; t < 80; t++) y.AddRange(block.Step(u[(((b * 80) + t) * 32)..(((b * 80) + t + 1) * 32)]));
        }

        Assert.InRange(RelativeError.Of(y, golden.Float64("y_step")), 0, 2e-5);
    }
}
