using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class StoreTests
{
    public static TheoryData<string> Kinds => Stores.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_engine_that_is_opened_again_goes_on(string kind)
    {
        using var folder = new TemporaryFolder();
        var events = Streams.Events(5, 40);
        var whole = new StreamingEngine(Streams.Model());
        foreach (var (id, o) in events[..120]) whole.Observe(id, o);
        using (var engine = Stores.Open(kind, folder.Path))
        {
            Assert.Null(engine.Recovery!.Snapshot);
            foreach (var (id, o) in events[..50]) engine.Observe(id, o);
            engine.Snapshot();
            Assert.Equal(0, engine.EventsSinceSnapshot);
            foreach (var (id, o) in events[50..120]) engine.Observe(id, o);
        }

        using var again = Stores.Open(kind, folder.Path);
        Assert.Equal(70, again.Recovery!.Replayed);
        Assert.Empty(again.Recovery.Warnings);
        Stores.Same(whole, again);
        foreach (var (id, o) in events[120..]) Assert.Equal(Streams.Flat(whole.Observe(id, o)), Streams.Flat(again.Observe(id, o)));
    }

    /// <summary>
    /// Random events, repeated and shuffled, snapshots and evictions, killed at any moment and gone on with: the end is that of an engine that was
    /// never stopped.
    /// </summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kill_at_any_moment_changes_nothing(string kind) => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var model = Streams.Model();
        var options = new StreamingOptions
        {
            Shards = random.Next(1, 4),
            Late = (LatePolicy)random.Next(3),
            OffGrid = (OffGridPolicy)random.Next(3),
            ReorderWindow = random.Next(1, 6),
            MaxResident = random.Next(2) == 0 ? 0 : random.Next(1, 8),
            Companions = random.Next(2) == 0 ? [] : [new SumCompanion()],
        };
        var events = Streams.Events(random.Next(1, 7), 25, seed)
            .Select((e, i) => (e.SeriesId, Observation: random.Next(5) == 0 ? e.Observation with { Time = e.Observation.Time.AddMinutes(random.Next(1, 40)) } : e.Observation, Number: (long)i)).ToList();
        for (var i = 0; i < 30; i++)
        {
            var at = random.Next(events.Count);
            var e = events[at];
            if (random.Next(2) == 0) events.Insert(Math.Min(events.Count, at + random.Next(12)), e);
            else (events[at], events[Math.Max(0, at - random.Next(12))]) = (events[Math.Max(0, at - random.Next(12))], e);
        }

        var wholeOptions = options with { MaxResident = 0 };
        var whole = new StreamingEngine(model, wholeOptions);
        var expected = new Emitted(model);
        foreach (var (id, o, n) in events) whole.Observe(id, n, o, [], expected);

        var part = 0;
        string Part() => folder[$"part{part}"];
        Directory.CreateDirectory(Part());
        var emitted = new Emitted(model);
        var engine = StreamingEngine.Open(model, Stores.Make(kind, Part()), options);
        var committed = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var (id, o, n) = events[i];
            engine.Observe(id, n, o, [], emitted);
            if (random.Next(25) == 0)
            {
                committed = emitted.Lines.Count;
                engine.Snapshot(BitConverter.GetBytes(committed));
            }

            if (random.Next(40) != 0) continue;
            var from = Part();
            part++;
            Stores.Kill(from, Part());
            engine.Dispose();
            engine = StreamingEngine.Open(model, Stores.Make(kind, Part()), options, default, manifest =>
            {
                // What was given out after the snapshot is given out again by the replay.
                var length = manifest!.Attachment.Length == 0 ? 0 : BitConverter.ToInt32(manifest.Attachment.Span);
                Assert.Equal(committed, length);
                emitted.Lines.RemoveRange(length, emitted.Lines.Count - length);
                return emitted;
            });
            i = Math.Max(-1, i - random.Next(20));
        }

        Assert.Equal(expected.Lines.Distinct(), emitted.Lines);
        Stores.Same(whole, engine);
        foreach (var companion in options.Companions)
        {
            var (a, b) = (new byte[companion.Bytes], new byte[companion.Bytes]);
            foreach (var id in whole.SeriesIds())
            {
                Assert.True(whole.TryRead(id, companion, a) && engine.TryRead(id, companion, b));
                Assert.Equal(a, b);
            }
        }

        engine.Dispose();
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_store_is_one_processes(string kind)
    {
        using var folder = new TemporaryFolder();
        using var engine = Stores.Open(kind, folder.Path);
        var e = Assert.Throws<IOException>(() => Stores.Open(kind, folder.Path));
        Assert.Contains("another process has this store open", e.Message, StringComparison.Ordinal);
        engine.Observe("a", Streams.At(0, 1));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_store_of_another_model_is_refused_by_name_and_kept(string kind)
    {
        using var folder = new TemporaryFolder();
        using (var engine = Stores.Open(kind, folder.Path)) engine.Observe("a", Streams.At(0, 1));
        var before = Directory.GetFiles(folder.Path).Order().Select(f => (f, Convert.ToHexString(File.ReadAllBytes(f)))).ToArray();
        var other = Streams.Model(seed: 2);
        var e = Assert.Throws<StateFormatException>(() => Stores.Open(kind, folder.Path, model: other));
        Assert.Contains(Streams.Model().Hash[..12], e.Message, StringComparison.Ordinal);
        Assert.Contains(other.Hash[..12], e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(folder.Path).Order().Select(f => (f, Convert.ToHexString(File.ReadAllBytes(f)))).ToArray());
        e = Assert.ThrowsAny<StateFormatException>(() => Stores.Open(kind, folder.Path, new StreamingOptions { Companions = [new SumCompanion()] }));
        Assert.Contains("'state ", e.Message, StringComparison.Ordinal);
        Assert.Contains("sum 16", e.Message, StringComparison.Ordinal);
    }

    private sealed class Emitted(RecurrentModel model) : IObservationSink
    {
        private readonly ForecastBuffer _forecast = new(model);

        public List<string> Lines { get; } = [];

        public void Taken(in TakenEvent taken)
        {
            taken.Forecast(_forecast);
            Lines.Add(string.Join(' ', [taken.SeriesId, _forecast.Origin, .. _forecast.Values]));
        }
    }
}

/// <summary>Counts and adds up the values of a series.</summary>
internal sealed class SumCompanion : SeriesCompanion
{
    public override string Name => "sum";

    public override int Bytes => 16;

    public override void Begin(string seriesId, Span<byte> own) => BitConverter.TryWriteBytes(own, 1000.0);

    public override void Taken(string seriesId, in Observation observation, ReadOnlySpan<float> state, Span<byte> own)
    {
        BitConverter.TryWriteBytes(own, BitConverter.ToDouble(own) + (double.IsNaN(observation.Value) ? 0 : observation.Value));
        BitConverter.TryWriteBytes(own[8..], BitConverter.ToInt64(own[8..]) + 1);
    }
}
