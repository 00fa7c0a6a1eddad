using System.Globalization;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

/// <summary>The heap belongs to the process: nothing else may run beside.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public class MemoryCollection;

[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    [Theory]
    [InlineData(3000, 64, 32, 336)]
    [InlineData(20_000, 8, 4, 6)]
    public void A_series_takes_its_state_and_at_most_200_bytes(int count, int width, int stateSize, int lookback)
    {
        var config = Streams.Config with { Block = Streams.Config.Block with { DModel = width, DState = stateSize }, Layers = width > 8 ? 2 : 1, Lookback = lookback };
        var model = Streams.Model(config: config);
        // What the first engine of a process makes for good is no part of a series.
        new StreamingEngine(model).Observe("series", Streams.At(0, 1), []);
        // The runner's own threads may add to the heap meanwhile, so the least of some measurements counts, and 64 KiB in all are anybody's: with few series the noise of
        // a heap is some bytes of each.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => Measure()), 4 * model.StateLength, (4 * model.StateLength) + 200 + (65536.0 / count));

        double Measure()
        {
            var engine = new StreamingEngine(model);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 0; i < count; i++) engine.Observe(string.Create(CultureInfo.InvariantCulture, $"series-{i}"), Streams.At(0, i), []);
            var after = GC.GetTotalMemory(forceFullCollection: true);
            var (states, index) = engine.MemoryBytes;
            Assert.InRange(((states + index) / (double)count) + 48, 4 * model.StateLength, (4 * model.StateLength) + 200);
            GC.KeepAlive(engine);
            return (after - before) / (double)count;
        }
    }

    [Fact]
    public void Room_of_removed_series_is_used_again()
    {
        var engine = new StreamingEngine(Streams.Model(), new StreamingOptions { Shards = 1 });
        for (var i = 0; i < 500; i++) engine.Observe($"s{i}", Streams.At(0, i), []);
        var full = engine.MemoryBytes;
        for (var round = 1; round < 5; round++)
        {
            for (var i = 0; i < 500; i++) Assert.True(engine.Remove($"s{((round - 1) * 500) + i}"));
            for (var i = 0; i < 500; i++) engine.Observe($"s{(round * 500) + i}", Streams.At(0, i), []);
        }

        Assert.Equal(full, engine.MemoryBytes);
        Assert.Equal(500, engine.SeriesCount);
    }

    [Theory]
    [MemberData(nameof(Stores.All), MemberType = typeof(Stores))]
    public void Few_in_memory_are_what_all_in_memory_are(string kind)
    {
        using var folder = new TemporaryFolder();
        using var few = Stores.Open(kind, folder.Path, new StreamingOptions { MaxResident = 7, Shards = 3 });
        var all = new StreamingEngine(few.Model);
        var random = new Random(3);
        var time = new int[60];
        for (var i = 0; i < 3000; i++)
        {
            var s = (int)(60 * Math.Pow(random.NextDouble(), 2));
            Assert.InRange(few.ResidentCount, 0, 7);
            var o = Streams.At(time[s]++, random.NextDouble());
            Assert.Equal(Streams.Flat(all.Observe($"s{s}", o)), Streams.Flat(few.Observe($"s{s}", o)));
            if (random.Next(300) == 0) few.Snapshot();
            if (random.Next(200) == 0)
            {
                Assert.Equal(all.Remove($"s{s}"), few.Remove($"s{s}"));
                time[s] = random.Next(5);
            }
        }

        Assert.True(few.Counts().Evicted > 500);
        Assert.True(few.Counts().Loaded > 500);
        Stores.Same(all, few);
    }

    [Fact]
    public void Few_in_memory_need_a_store()
    {
        var e = Assert.Throws<ArgumentException>(() => new StreamingEngine(Streams.Model(), new StreamingOptions { MaxResident = 5 }));
        Assert.Contains("store", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_may_evict_and_load_and_snapshot_at_once()
    {
        using var folder = new TemporaryFolder();
        var events = Streams.Events(40, 100);
        var all = new StreamingEngine(Streams.Model());
        foreach (var (id, o) in events) all.Observe(id, o);
        using (var few = Stores.Open(Stores.Sqlite, folder.Path, new StreamingOptions { MaxResident = 9, Shards = 3 }))
        {
            var replay = Task.Run(() => Parallel.ForEach(events.GroupBy(e => e.SeriesId), series =>
            {
                foreach (var (id, o) in series) few.Observe(id, o);
            }));
            do few.Snapshot();
            while (!replay.IsCompleted);
            await replay;
            Stores.Same(all, few);
        }

        using var again = Stores.Open(Stores.Sqlite, folder.Path);
        Stores.Same(all, again);
    }
}
