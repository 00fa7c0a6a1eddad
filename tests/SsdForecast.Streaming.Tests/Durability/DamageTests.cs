using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

/// <summary>Bytes altered, files cut or gone: found, and gone round where there is a way round.</summary>
public class DamageTests
{
    public static TheoryData<string> Kinds => Stores.All;

    private static readonly SeriesEvent[] Events = Streams.Events(3, 20);

    private static StreamingEngine Whole(int events)
    {
        var engine = new StreamingEngine(Streams.Model());
        foreach (var (id, o) in Events[..events]) engine.Observe(id, o);
        return engine;
    }

    /// <summary>A store after 60 events, with snapshots after 20 and 40.</summary>
    private static void Fill(string kind, string folder)
    {
        using var engine = Stores.Open(kind, folder);
        for (var i = 0; i < Events.Length; i++)
        {
            if (i is 20 or 40) engine.Snapshot();
            engine.Observe(Events[i].SeriesId, Events[i].Observation);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_altered_snapshot_is_found_and_the_one_before_is_used(string kind)
    {
        using var folder = new TemporaryFolder();
        Fill(kind, folder["good"].Made());
        var good = File.ReadAllBytes(Stores.Newest(kind, folder["good"]));
        var whole = Whole(Events.Length);
        var passedOver = 0;
        var step = Math.Max(1, good.Length / 25);
        for (var i = 0; i < good.Length; i += step)
        {
            foreach (var bytes in (byte[][])[Altered(good, i), good[..i]])
            {
                var copy = folder[$"copy{i}"];
                Stores.Kill(folder["good"], copy);
                File.WriteAllBytes(Stores.Newest(kind, copy), bytes);
                using (var engine = Stores.Open(kind, copy))
                {
                    // Bytes that a database does not use may be anything.
                    if (engine.Recovery!.Warnings.Count > 0)
                    {
                        passedOver++;
                        Assert.Equal(40, engine.Recovery.Replayed);
                        Assert.DoesNotContain('\n', engine.Recovery.Warnings[0]);
                    }

                    Stores.Same(whole, engine);
                    engine.Snapshot();
                }

                // And the damage does not come back.
                using (var again = Stores.Open(kind, copy))
                {
                    Assert.Empty(again.Recovery!.Warnings);
                    Stores.Same(whole, again);
                }

                Directory.Delete(copy, recursive: true);
            }
        }

        Assert.True(passedOver >= 25, $"{passedOver} found");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void When_no_snapshot_is_whole_that_is_said_and_nothing_is_overwritten(string kind)
    {
        using var folder = new TemporaryFolder();
        Fill(kind, folder.Path);
        foreach (var file in Directory.GetFiles(folder.Path).Where(f => f.EndsWith(".ssds", StringComparison.Ordinal) || Path.GetFileName(f) is "state" or "state.previous"))
        {
            var bytes = File.ReadAllBytes(file);
            File.WriteAllBytes(file, Altered(bytes, bytes.Length / 2));
            File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        }

        var e = Assert.Throws<StateFormatException>(() => Stores.Open(kind, folder.Path));
        Assert.DoesNotContain('\n', e.Message);
        Assert.Contains("put a copy back", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(folder.Path, "*log.*"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_torn_end_of_the_log_is_cut_off(string kind)
    {
        using var folder = new TemporaryFolder();
        Fill(kind, folder["good"].Made());
        var log = File.ReadAllBytes(Stores.Log(folder["good"]));
        var size = (log.Length - LogSegment.HeaderLength) / 20;
        for (var cut = LogSegment.HeaderLength; cut <= log.Length; cut += 19)
        {
            var copy = folder[$"copy{cut}"];
            Stores.Kill(folder["good"], copy);
            File.WriteAllBytes(Stores.Log(copy), log[..cut]);
            var kept = (cut - LogSegment.HeaderLength) / size;
            using (var engine = Stores.Open(kind, copy))
            {
                Assert.Equal(kept, engine.Recovery!.Replayed);
                Assert.Equal((cut - LogSegment.HeaderLength) % size == 0 ? 0 : 1, engine.Recovery.Warnings.Count);
                Stores.Same(Whole(40 + kept), engine);
                foreach (var (id, o) in Events[(40 + kept)..]) engine.Observe(id, o);
            }

            using var again = Stores.Open(kind, copy);
            Assert.Empty(again.Recovery!.Warnings);
            Stores.Same(Whole(60), again);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_altered_record_ends_the_log_there_and_is_told(string kind)
    {
        using var folder = new TemporaryFolder();
        Fill(kind, folder["good"].Made());
        var log = File.ReadAllBytes(Stores.Log(folder["good"]));
        var size = (log.Length - LogSegment.HeaderLength) / 20;
        for (var at = LogSegment.HeaderLength; at < log.Length; at += 37)
        {
            var copy = folder[$"copy{at}"];
            Stores.Kill(folder["good"], copy);
            File.WriteAllBytes(Stores.Log(copy), Altered(log, at));
            using var engine = Stores.Open(kind, copy);
            Assert.Single(engine.Recovery!.Warnings, w => w.Contains("are to be sent again", StringComparison.Ordinal));
            Stores.Same(Whole(40 + ((at - LogSegment.HeaderLength) / size)), engine);
        }

        // Where more of the log follows it is no torn end.
        var before = Directory.GetFiles(folder["good"], "*log.*").Order(StringComparer.Ordinal).First();
        File.WriteAllBytes(before, Altered(File.ReadAllBytes(before), LogSegment.HeaderLength + 20));
        File.Delete(Stores.Newest(kind, folder["good"]));
        var e = Assert.Throws<StateFormatException>(() => Stores.Open(kind, folder["good"]));
        Assert.Contains("altered after record", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_missing_segment_is_a_hole_and_not_a_shorter_log(string kind)
    {
        using var folder = new TemporaryFolder();
        Fill(kind, folder.Path);
        File.Delete(Stores.Newest(kind, folder.Path));
        var segments = Directory.GetFiles(folder.Path, "*log.*").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, segments.Length);
        File.Delete(segments[0]);
        Assert.Contains("a segment is missing", Assert.Throws<StateFormatException>(() => Stores.Open(kind, folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_snapshot_that_died_half_way_is_as_if_it_had_not_begun(string kind)
    {
        using var folder = new TemporaryFolder();
        Fill(kind, folder.Path);
        // The segment was begun, with half of its header; the snapshot was being written under its temporary name.
        var log = Stores.Log(folder.Path);
        File.WriteAllBytes(log[..(log.LastIndexOf('.') + 1)] + "4", File.ReadAllBytes(log)[..31]);
        File.WriteAllBytes(folder[kind == Stores.Sqlite ? "state.next" : ".snapshot-000004.ssds.0123.tmp"], [1, 2, 3]);
        using var engine = Stores.Open(kind, folder.Path);
        Assert.Empty(engine.Recovery!.Warnings);
        Stores.Same(Whole(60), engine);
        engine.Observe("new", Streams.At(3, 1));
        engine.Snapshot();
        Assert.Equal(4, engine.SeriesCount);
    }

    [Fact]
    public void The_renaming_of_a_database_may_die_between_its_two_steps()
    {
        using var folder = new TemporaryFolder();
        Fill(Stores.Sqlite, folder.Path);
        File.Move(folder["state"], folder["state.next"]);
        using var engine = Stores.Open(Stores.Sqlite, folder.Path);
        Stores.Same(Whole(60), engine);
        Assert.Equal(40, engine.Recovery!.Replayed);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_store_that_died_before_its_first_snapshot_begins_anew(string kind)
    {
        using var folder = new TemporaryFolder();
        Stores.Open(kind, folder.Path).Dispose();
        File.Delete(Stores.Newest(kind, folder.Path));
        using (var engine = Stores.Open(kind, folder.Path)) engine.Observe("a", Streams.At(0, 1));
        File.Delete(Stores.Newest(kind, folder.Path));
        // Now there is something to lose.
        Assert.Contains("no snapshot", Assert.Throws<StateFormatException>(() => Stores.Open(kind, folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_snapshot_that_cannot_be_written_loses_nothing(string kind)
    {
        using var folder = new TemporaryFolder();
        using (var engine = Stores.Open(kind, folder.Path))
        {
            foreach (var (id, o) in Events[..30]) engine.Observe(id, o);
            // A folder stands where the next snapshot is to be.
            var taken = folder[kind == Stores.Sqlite ? "state.next" : "snapshot-000002.ssds"];
            Directory.CreateDirectory(taken);
            var e = Assert.Throws<IOException>(() => engine.Snapshot());
            Assert.Contains("the snapshot cannot be written", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
            foreach (var (id, o) in Events[30..]) engine.Observe(id, o);
            Directory.Delete(taken);
            if (kind == Stores.Sqlite) engine.Snapshot();
        }

        using var again = Stores.Open(kind, folder.Path);
        Stores.Same(Whole(60), again);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_place_that_cannot_be_written_is_told_in_one_line(string kind)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        var e = Assert.Throws<IOException>(() => Stores.Open(kind, folder["file/below"]));
        Assert.Contains("cannot be written", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static byte[] Altered(byte[] bytes, int at)
    {
        var altered = (byte[])bytes.Clone();
        altered[at] ^= 0x15;
        return altered;
    }
}

internal static class Folders
{
    public static string Made(this string folder) => Directory.CreateDirectory(folder).FullName;
}
