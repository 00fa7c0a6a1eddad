using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Data;
using SsdForecast.Torch.Windows;

namespace SsdForecast.Torch.Tests.Windows;

public class SequencePlanTests
{
    [Fact]
    public void Every_training_position_is_walked_once_and_in_order()
    {
        var gen = from ends in Gen.ListOf(Gen.Choose(0, 90))
                  from lanes in Gen.Choose(1, 6)
                  from length in Gen.Choose(1, 20)
                  select (Ends: ends.ToArray(), lanes, length);
        Prop.ForAll(gen.ToArbitrary(), x =>
        {
            if (!x.Ends.Any(e => e > 1)) return;
            var plan = new SequencePlan([.. x.Ends.Select(e => new Split(e, e, e))], x.lanes, x.length);
            var seen = new HashSet<(int, int)>();
            IReadOnlyList<Window> before = [];
            for (var step = 0; step < plan.Steps; step++)
            {
                var windows = plan.At(step);
                Assert.InRange(windows.Count, 1, x.lanes);
                Assert.Equal(windows, plan.At(step + plan.Steps));
                for (var lane = 0; lane < windows.Count; lane++)
                {
                    var w = windows[lane];
                    if (!plan.IsFresh(step))
                    {
                        Assert.Equal(before[lane].Series, w.Series);
                        if (w.TargetEnd > 0) Assert.Equal(before[lane].Start + x.length, w.Start);
                    }
                    for (var p = w.Start; p < Math.Min(w.Start + x.length, w.TargetEnd - 1); p++) Assert.True(seen.Add((w.Series, p)), $"position {p} of series {w.Series} twice");
                }
                before = windows;
            }
            Assert.Equal(x.Ends.Sum(e => Math.Max(0, e - 1)), seen.Count);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void One_long_series_is_cut_into_as_many_lanes_as_wanted()
    {
        var plan = new SequencePlan([new Split(1001, 1001, 1001)], 4, 50);
        Assert.Equal(5, plan.Steps);
        Assert.Equal([0, 250, 500, 750], plan.At(0).Select(w => w.Start));
        Assert.True(plan.IsFresh(0));
        Assert.False(plan.IsFresh(1));
    }
}
