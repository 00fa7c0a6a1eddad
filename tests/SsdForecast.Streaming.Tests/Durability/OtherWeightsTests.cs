using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class OtherWeightsTests
{
    public static TheoryData<string> Kinds => Stores.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_state_knows_what_weights_it_was_made_with(string kind)
    {
        var (exact, rounded) = (Model(WeightFormat.Float32), Model(WeightFormat.Int8));
        Assert.Equal(exact.Hash, rounded.Hash);
        foreach (var (own, other) in new[] { (exact, rounded), (rounded, exact) })
        {
            using var folder = new TemporaryFolder();
            using (var engine = Stores.Open(kind, folder.Path, model: own)) engine.Observe("a", Streams.At(0, 1));
            var e = Assert.Throws<OtherWeightsException>(() => Stores.Open(kind, folder.Path, model: other));
            Assert.Equal((own.Options.Weights, other.Options.Weights), (e.Weights, e.Own));
            using var again = Stores.Open(kind, folder.Path, model: own);
            Assert.Equal(1, again.SeriesCount);
        }
    }

    [Fact]
    public void So_does_a_snapshot_in_a_file_with_companions()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "s");
        var options = new StreamingOptions { Companions = [new SumCompanion()] };
        var engine = new StreamingEngine(Model(WeightFormat.Int8), options);
        engine.Observe("a", Streams.At(0, 1));
        engine.Snapshot(path);
        Assert.Throws<OtherWeightsException>(() => StreamingEngine.Restore(Model(WeightFormat.Float32), path, options));
        Stores.Same(engine, StreamingEngine.Restore(Model(WeightFormat.Int8), path, options));
    }

    [Theory]
    [InlineData("state 12", true)]
    [InlineData("state 12 int8", true)]
    [InlineData("state 12 float32", false)]
    [InlineData("state 13", false)]
    [InlineData("state 12 + sum 8", false)]
    public void A_snapshot_from_before_weights_were_noted_fits_either(string layout, bool fits)
    {
        foreach (var more in new[] { "", " + sum 8" })
        {
            var manifest = new SnapshotManifest(1, 0, "hash", layout + more, default);
            var problem = Record.Exception(() => manifest.Require("s", "hash", "state 12 int8" + more));
            Assert.Equal(fits, problem is null);
            if (!fits) Assert.Equal(layout == "state 12 float32", problem is OtherWeightsException);
        }
    }

    private static RecurrentModel Model(WeightFormat weights) => new(RandomModel.Folder(Streams.Config, new Random(1)), new RecurrentOptions { Weights = weights });
}
