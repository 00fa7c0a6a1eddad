using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Parallel;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Parallel;

public class ParallelTests
{
    [Fact]
    public void A_sequence_over_workers_equals_the_whole_with_its_gradients()
        => Prop.ForAll(RandomSsd.Any, Gen.Choose(1, 5).ToArbitrary(), (sample, workers) =>
        {
            using var scope = NewDisposeScope();
            var (expected, actual) = (sample.Inputs() with { SequenceIndex = null }, sample.Inputs() with { SequenceIndex = null });
            var whole = SsdOperator.Run(expected, sample.Options(SsdForm.Chunked));
            var split = SequenceParallel.Run(actual, workers, sample.Options(SsdForm.Chunked));
            Close.Within(1e-10, split.Y, whole.Y, $"y, {workers} workers, {sample}");
            Close.Within(1e-10, split.FinalStates, whole.FinalStates, $"state, {workers} workers, {sample}");
            var (uy, us) = (randn(whole.Y.shape, dtype: whole.Y.dtype), randn(whole.FinalStates.shape, dtype: whole.FinalStates.dtype));
            ((whole.Y * uy).sum() + (whole.FinalStates * us).sum()).backward();
            ((split.Y * uy).sum() + (split.FinalStates * us).sum()).backward();
            var size = Close.SizeOfTerms(expected.Dt);
            foreach (var ((name, a), (_, e)) in Close.Leaves(actual).Zip(Close.Leaves(expected)))
                Close.Within(1e-10, a.grad!, e.grad!, $"d{name}, {workers} workers, {sample}", floor: name == "A" ? size : 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Summaries_compose()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        SegmentSummary Random() => new(randn(1, 2, 3, 4, dtype: ScalarType.Float64), rand(1, 2, 1, 1, dtype: ScalarType.Float64));
        var (a, b, c) = (Random(), Random(), Random());
        var start = randn(1, 2, 3, 4, dtype: ScalarType.Float64);
        Close.Within(1e-14, a.Then(b).Then(c).Apply(start), c.Apply(b.Apply(a.Apply(start))), "three in a row");
        Close.Within(1e-14, a.Then(b.Then(c)).State, a.Then(b).Then(c).State, "associativity");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_block_over_ranks_equals_the_whole_with_its_gradients(int ranks)
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var config = new BlockConfig { DModel = 16, DState = 6, HeadDim = 4, NGroups = 4 };
        using var block = new Mamba2Block(config).to(ScalarType.Float64);
        var u = randn(2, 13, 16, dtype: ScalarType.Float64).requires_grad_(true);
        var whole = block.forward(u, null);
        var upstream = randn(whole.shape, dtype: whole.dtype);
        (whole * upstream).sum().backward();
        var gradients = block.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        block.zero_grad();

        var sharded = new TensorParallelBlock(block, config, ranks).Run(u);
        Close.Within(1e-12, sharded, whole, "output");
        (sharded * upstream).sum().backward();
        foreach (var (name, parameter) in block.named_parameters())
            Close.Within(1e-11, parameter.grad!, gradients[name], $"gradient of {name}");
    }
}
