using SsdForecast.Data;

namespace SsdForecast.Runtime.Tests.Packaging;

public class ModelConfigTests
{
    private static readonly ModelConfig Good = new() { Lookback = 96, Horizon = 24 };

    [Fact]
    public void Derived_sizes_are_those_of_the_mathematics()
    {
        var config = Good with { PastCovariates = 2, KnownCovariates = 3, StaticCovariates = 1, Calendar = [CalendarCycle.HourOfDay] };
        Assert.Equal(3 + 2 + (24 * 3) + 2 + 1, config.InputWidth);
        Assert.Equal(16 * (2 + 2 + 3 + 2), (config with { Kind = ForecasterKind.Direct }).InputWidth);
        Assert.Equal((128, 8, 192, 328), (config.Block.DInner, config.Block.Heads, config.Block.ConvDim, config.Block.InProjDim));
        Assert.Equal(1, config.Outputs);
        Assert.Equal([0.5], config.Levels);
        Assert.Equal(2, (config with { Quantiles = [0.1, 0.9] }).Outputs);
    }

    [Fact]
    public void The_tensors_have_the_names_of_mamba_ssm()
    {
        var shapes = ModelWeights.Shapes(Good with { KnownCovariates = 2 }).ToDictionary(s => s.Name, s => s.Shape);
        Assert.Equal([328L, 64], shapes["backbone.layers.1.mixer.in_proj.weight"]);
        Assert.Equal([192L, 1, 4], shapes["backbone.layers.0.mixer.conv1d.weight"]);
        Assert.Equal([24L, 48], shapes["skip.known"]);
        Assert.Equal(2 + (2 * 9) + 5, shapes.Count);
    }

    public static TheoryData<string, ModelConfig> Bad => new()
    {
        { "lookback", Good with { Lookback = 0 } },
        { "horizon", Good with { Horizon = -1 } },
        { "layers", Good with { Layers = -1 } },
        { "quantiles", Good with { Quantiles = [0.5, 0.5] } },
        { "quantiles", Good with { Quantiles = [0, 0.5] } },
        { "quantiles", Good with { Quantiles = [double.NaN] } },
        { "past_covariates", Good with { PastCovariates = -1 } },
        { "calendar", Good with { Calendar = [CalendarCycle.DayOfWeek, CalendarCycle.DayOfWeek] } },
        { "patch_stride", Good with { PatchStride = 17 } },
        { "dropout", Good with { Dropout = 1 } },
        { "kind", Good with { Kind = (ForecasterKind)7 } },
        { "block.d_model", Good with { Block = Good.Block with { DModel = 0 } } },
        { "block.n_groups", Good with { Block = Good.Block with { NGroups = 3 } } },
        { "block.dt_min", Good with { Block = Good.Block with { DtMin = 1 } } },
        { "block.dt_limit_low", Good with { Block = Good.Block with { DtLimitLow = 1, DtLimitHigh = 1 } } },
        { "block.norm_eps", Good with { Block = Good.Block with { NormEps = 0 } } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_value_out_of_range_is_named_by_its_key(string key, ModelConfig config)
    {
        var e = Assert.Throws<ArgumentException>(config.Validate);
        Assert.StartsWith(key + ": ", e.Message, StringComparison.Ordinal);
    }
}
