using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class SnapshotTests
{
    private static StreamingEngine After(int events, RecurrentModel? model = null)
    {
        var engine = new StreamingEngine(model ?? Streams.Model());
        foreach (var (id, o) in Streams.Events(4, 20).Take(events)) engine.Observe(id, o);
        return engine;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(80)]
    public void A_restored_engine_continues_bit_for_bit(int cut)
    {
        using var folder = new TemporaryFolder();
        var (whole, path) = (After(cut), folder["s/engine.snapshot"]);
        whole.Snapshot(path);
        // Another model object of the same weights, and another number of shards: another process.
        var restored = StreamingEngine.Restore(Streams.Model(), path, new StreamingOptions { Shards = 5 });
        Assert.Equal(whole.SeriesIds().Order(), restored.SeriesIds().Order());
        foreach (var (id, o) in Streams.Events(4, 20).Skip(cut)) Assert.Equal(Streams.Flat(whole.Observe(id, o)), Streams.Flat(restored.Observe(id, o)));
        foreach (var id in whole.SeriesIds()) Assert.Equal(whole.Progress(id), restored.Progress(id));
    }

    [Fact]
    public void Every_altered_byte_and_every_cut_is_found()
    {
        using var folder = new TemporaryFolder();
        var engine = After(2);
        var path = folder["engine.snapshot"];
        engine.Snapshot(path);
        var good = File.ReadAllBytes(path);
        void Refused(byte[] bytes)
        {
            File.WriteAllBytes(path, bytes);
            var e = Assert.Throws<StateFormatException>(() => StreamingEngine.Restore(engine.Model, path));
            Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }

        for (var i = 0; i < good.Length; i += 3)
        {
            var altered = (byte[])good.Clone();
            altered[i] ^= 0x04;
            Refused(altered);
            Refused(good[..i]);
        }

        Refused([.. good, 0]);
        File.Delete(path);
        Assert.Throws<StateFormatException>(() => StreamingEngine.Restore(engine.Model, path));
    }

    [Fact]
    public void The_snapshot_of_another_model_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var (engine, other) = (After(9), Streams.Model(seed: 2));
        engine.Snapshot(folder["s"]);
        var e = Assert.Throws<StateFormatException>(() => StreamingEngine.Restore(other, folder["s"]));
        Assert.Contains(engine.Model.Hash[..12], e.Message, StringComparison.Ordinal);
        Assert.Contains(other.Hash[..12], e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_written_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["taken"]);
        Assert.ThrowsAny<Exception>(() => After(3).Snapshot(folder["taken"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_snapshot_may_be_taken_while_events_come_in()
    {
        using var folder = new TemporaryFolder();
        var model = Streams.Model();
        var engine = new StreamingEngine(model, new StreamingOptions { Shards = 2 });
        var events = Streams.Events(8, 150);
        var replay = Task.Run(() =>
        {
            foreach (var (id, o) in events) engine.Observe(id, o);
        });
        do engine.Snapshot(folder["s"]);
        while (!replay.IsCompleted);
        await replay;

        // Each series of the last snapshot is as it was between two of its events, so the rest of them leads to the same end.
        var restored = StreamingEngine.Restore(model, folder["s"]);
        foreach (var (id, o) in events)
            if (restored.Progress(id) is not { } p || o.Time > p.LastTime) restored.Observe(id, o);
        foreach (var id in engine.SeriesIds()) Assert.Equal(Streams.Flat(engine.Forecast(id)), Streams.Flat(restored.Forecast(id)));
    }
}
