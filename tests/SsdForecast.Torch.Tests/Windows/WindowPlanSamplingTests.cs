using SsdForecast.Data;
using SsdForecast.Torch.Windows;

namespace SsdForecast.Torch.Tests.Windows;

/// <summary>Which windows are drawn.</summary>
public class WindowPlanSamplingTests
{
    /// <summary>A series that has nothing to train on is never drawn, others by their number of positions, and each window lies in its series.</summary>
    [Fact]
    public void Windows_are_drawn_from_every_series_by_its_positions()
    {
        var config = SmallNetworks.Config(Runtime.ForecasterKind.Direct);
        Split[] splits = [new(1, 5, 9), new(11, 20, 30), new(0, 5, 9), new(31, 40, 50), new(1, 4, 5)];
        var plan = new WindowPlan(config, splits, 16);
        Assert.Equal(40, plan.TrainingPositions);
        var windows = plan.Sample(new Random(4), 4000);
        Assert.All(windows, w => Assert.InRange(w.Start, 0, splits[w.Series].TrainEnd - 2));
        Assert.Equal([1, 3], windows.Select(w => w.Series).Distinct().Order());
        Assert.Equal(40, windows.Select(w => (w.Series, w.Start)).Distinct().Count());
        Assert.InRange(windows.Count(w => w.Series == 3), 2850, 3150);
    }
}
