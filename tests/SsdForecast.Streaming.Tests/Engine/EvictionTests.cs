using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

/// <summary>Many more series than fit in memory: 5,000 of which 250 stay; with SSDF_SLOW_TESTS=1 in the environment a million of which 50,000 stay.</summary>
public class EvictionTests
{
    private static bool IsSlow => Environment.GetEnvironmentVariable("SSDF_SLOW_TESTS") is { Length: > 0 } and not "0";

    [Theory]
    [MemberData(nameof(Stores.All), MemberType = typeof(Stores))]
    public void Series_that_come_and_go_have_the_bits_of_those_that_stay(string kind)
    {
        var (series, resident) = IsSlow ? (1_000_000, 50_000) : (5_000, 250);
        using var folder = new TemporaryFolder();
        var model = Streams.Model();
        using var all = new StreamingEngine(model);
        using var few = Stores.Open(kind, folder.Path, new StreamingOptions { MaxResident = resident, Sync = LogSync.Never }, model);
        var random = new Random(3);
        var (order, hours) = (Enumerable.Range(0, series).ToArray(), new int[series]);
        var batch = new SeriesEvent[Math.Min(series, 1000)];
        var (expected, actual) = (new double[batch.Length * model.ForecastLength], new double[batch.Length * model.ForecastLength]);
        for (var round = 0; round < 3; round++)
        {
            random.Shuffle(order);
            for (var first = 0; first < series; first += batch.Length)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    // Some twice in a batch, and not at all in another.
                    var s = order[random.Next(10) == 0 ? random.Next(first, first + batch.Length) : first + i];
                    batch[i] = new SeriesEvent($"series {s}", Streams.At(hours[s]++, s + random.NextDouble()));
                }

                Assert.All(all.ObserveBatch(batch, expected), o => Assert.Equal(ObservationStatus.Accepted, o.Status));
                few.ObserveBatch(batch, actual);
                Assert.Equal(expected, actual);
                Assert.InRange(few.ResidentCount, 1, resident);
            }
        }

        Stores.Same(all, few);
    }

    [Theory]
    [InlineData(1000, 700)]
    [InlineData(200, 160)]
    [InlineData(63, 63)]
    public void Series_that_fit_stay(int resident, int series)
    {
        using var folder = new TemporaryFolder();
        using var engine = Stores.Open(Stores.Sqlite, folder.Path, new StreamingOptions { MaxResident = resident, Sync = LogSync.Never });
        for (var t = 0; t < 2; t++)
            for (var s = 0; s < series; s++) engine.Observe($"series {s}", Streams.At(t, s));
        Assert.Equal(series, engine.ResidentCount);
    }
}
