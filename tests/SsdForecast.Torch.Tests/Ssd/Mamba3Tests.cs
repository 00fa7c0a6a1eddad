using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Torch.Parallel;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Ssd;

/// <summary>The trapezoidal rule and rotation: every form, run as one plain pass, against the recurrence as it is defined.</summary>
public class Mamba3Tests
{
    private static readonly Arbitrary<RandomSsd> Any = RandomSsd.Any.Generator.Select(s => s with { Mamba3 = true }).ToArbitrary();

    [Theory]
    [InlineData(SsdForm.Chunked)]
    [InlineData(SsdForm.Quadratic)]
    [InlineData(SsdForm.Kernel)]
    public void Every_form_equals_the_definition_with_its_gradients_in_float64(SsdForm form)
        => Prop.ForAll(Any, sample => FormsTests.Agree(sample, form, ScalarType.Float64, 1e-10)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Theory]
    [InlineData(SsdForm.Recurrent)]
    [InlineData(SsdForm.Chunked)]
    [InlineData(SsdForm.Quadratic)]
    [InlineData(SsdForm.Kernel)]
    public void Every_form_equals_the_float64_definition_in_float32(SsdForm form)
        => Prop.ForAll(Any, sample => FormsTests.Agree(sample with { ShortSteps = true }, form, ScalarType.Float32, 2e-5)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void The_recurrent_form_is_the_definition_in_plain_loops()
        => Prop.ForAll(Any, sample =>
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var inputs = (sample with { Diagonal = false }).Inputs();
            var (y, final) = SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Recurrent });
            var (expectedY, expectedFinal) = PlainMamba3.Run(inputs);
            Close.Within(1e-10, y, expectedY, $"y {sample}");
            Close.Within(1e-10, final, expectedFinal, $"state {sample}", floor: 1e-3);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Theory]
    [InlineData(SsdForm.Kernel)]
    [InlineData(SsdForm.Chunked)]
    [InlineData(SsdForm.Recurrent)]
    public void Lambda_one_and_no_turning_is_the_plain_operator_to_the_bit(SsdForm form)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var inputs = new RandomSsd(4, 2, 37, 4, 5, 6, 1, 16, Diagonal: false, Extras: false).Inputs(ScalarType.Float32);
        var options = new SsdOptions { Form = form, ChunkSize = 16 };
        var plain = SsdOperator.Run(inputs, options);
        var same = SsdOperator.Run(inputs with { Lambda = ones_like(inputs.Dt), Rotation = zeros(2, 37, 1, 3) }, options);
        Assert.Equal(plain.Y.data<float>().ToArray(), same.Y.contiguous().data<float>().ToArray());
        Assert.Equal(plain.FinalStates.data<float>().ToArray(), same.FinalStates.contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Gradients_equal_finite_differences()
    {
        using var scope = NewDisposeScope();
        var sample = Both(1, 9, extras: true);
        var inputs = sample.Inputs() with { Elapsed = null, SequenceIndex = null };
        inputs = inputs with { Lambda = inputs.Lambda!.detach().clamp(0.1, 0.9).requires_grad_(true), Dt = inputs.Dt.detach().clamp(0.05, 1).requires_grad_(true) };
        var gradients = Close.Everything(() => inputs, sample.Options(SsdForm.Kernel));
        foreach (var (name, leaf) in Close.Leaves(inputs))
            for (long i = 0; i < leaf.numel(); i++)
            {
                var slope = (FormsTests.LossWith(inputs, leaf, i, 1e-5, sample) - FormsTests.LossWith(inputs, leaf, i, -1e-5, sample)) / 2e-5;
                Assert.Equal(slope, gradients["d" + name].flatten()[i].item<double>(), 1e-5 * Math.Max(1, Math.Abs(slope)));
            }
    }

    [Fact]
    public void A_sequence_in_two_pieces_equals_the_whole_wherever_it_is_cut()
        => Prop.ForAll(Any, Gen.Choose(0, 100).ToArbitrary(), Gen.Elements(SsdForm.Kernel, SsdForm.Chunked, SsdForm.Recurrent).ToArbitrary(), (sample, cut, form) =>
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            if (form == SsdForm.Kernel) sample = sample with { Diagonal = false };
            if (sample.Length == 1) sample = sample with { Length = 2 };
            var inputs = sample.Inputs() with { SequenceIndex = null };
            var options = sample.Options(form);
            var whole = SsdOperator.Run(inputs, options);
            var first = 1 + (cut % (sample.Length - 1));
            var left = SsdOperator.Run(FormsTests.Piece(inputs, 0, first, inputs.InitialStates), options);
            var right = SsdOperator.Run(
                FormsTests.Piece(inputs, first, sample.Length - first, left.FinalStates) with { PreviousB = left.LastB, PreviousX = left.LastX }, options);
            Close.Within(1e-10, cat([left.Y, right.Y], 1), whole.Y, $"cut at {first}: y, {form} {sample}", floor: 1);
            Close.Within(1e-10, right.FinalStates, whole.FinalStates, $"cut at {first}: state, {form} {sample}", floor: 1e-3);
            if (whole.LastB is not { } lastB) return;
            Close.Within(0, right.LastB!, lastB, "last B");
            Close.Within(0, right.LastX!, whole.LastX!, "last X");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Sequences_laid_one_after_another_equal_each_by_itself()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        FormsTests.EachByItself(Both(1, 30), 1e-11);
    }

    [Fact]
    public void Padding_before_between_and_after_leaves_no_trace()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var sample = Both(1, 20);
        var inputs = sample.Inputs();
        long[] real = [2, 3, 4, 7, 8, 12, 13, 14, 15];
        var elapsed = zeros(1, 20, dtype: ScalarType.Float64);
        foreach (var i in real) elapsed.narrow(1, i, 1).fill_(1);
        var kept = tensor(real);
        var shorter = inputs with
        {
            X = inputs.X.index_select(1, kept),
            Dt = inputs.Dt.index_select(1, kept),
            B = inputs.B.index_select(1, kept),
            C = inputs.C.index_select(1, kept),
            Lambda = inputs.Lambda!.index_select(1, kept),
            Rotation = inputs.Rotation!.index_select(1, kept),
        };
        foreach (var form in new[] { SsdForm.Recurrent, SsdForm.Chunked, SsdForm.Quadratic, SsdForm.Kernel })
        {
            var padded = SsdOperator.Run(inputs with { Elapsed = elapsed }, sample.Options(form));
            var alone = SsdOperator.Run(shorter, sample.Options(form));
            Close.Within(1e-11, padded.Y.index_select(1, kept), alone.Y, $"{form}: y");
            Close.Within(1e-11, padded.FinalStates, alone.FinalStates, $"{form}: state");
            Close.Within(0, padded.LastB!, alone.LastB!, $"{form}: last B");
            Close.Within(0, padded.LastX!, alone.LastX!, $"{form}: last X");
        }
    }

    [Fact]
    public void Phases_keep_their_digits_over_a_long_sequence()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        const int Length = 20_000;
        // A quarter turn a step and no decay: the state after four steps is back where it was, however long it has turned.
        var inputs = new SsdInputs
        {
            X = zeros(1, Length, 1, 1),
            Dt = ones(1, Length, 1),
            A = tensor([-1e-12f]),
            B = zeros(1, Length, 1, 2),
            C = cat([ones(1, Length, 1, 1), zeros(1, Length, 1, 1)], -1),
            Rotation = full([1, Length, 1, 1], Math.PI / 2),
            InitialStates = tensor([1f, 0f]).reshape(1, 1, 1, 2),
        };
        var y = SsdOperator.Run(inputs).Y.flatten();
        Assert.Equal(1, y[Length - 1].item<float>(), 1e-3);
        Assert.Equal(0, y[Length - 2].item<float>(), 1e-3);
        Assert.Equal(-1, y[Length - 3].item<float>(), 1e-3);
    }

    [Fact]
    public void A_sequence_over_workers_equals_the_whole()
        => Prop.ForAll(Any, Gen.Choose(1, 5).ToArbitrary(), (sample, workers) =>
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var inputs = sample.Inputs() with { SequenceIndex = null };
            var whole = SsdOperator.Run(inputs, sample.Options(SsdForm.Chunked));
            var split = SequenceParallel.Run(inputs, workers, sample.Options(SsdForm.Chunked));
            Close.Within(1e-10, split.Y, whole.Y, $"y, {workers} workers, {sample}");
            Close.Within(1e-10, split.FinalStates, whole.FinalStates, $"state, {workers} workers, {sample}", floor: 1e-3);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Options_that_exclude_each_other_are_named()
    {
        using var scope = NewDisposeScope();
        var inputs = Both(1, 5).Inputs();
        Assert.Contains("Gain and Lambda", Fails(inputs with { Gain = inputs.Dt }));
        Assert.Contains("one decay rate a head", Fails(inputs with { A = inputs.A.unsqueeze(1).expand(2, 4) }));
        Assert.Contains("give both or neither", Fails(inputs with { PreviousB = inputs.B.select(1, 0) }));
        Assert.Contains("at most 2", Fails(inputs with { Rotation = zeros(1, 5, 1, 3, dtype: ScalarType.Float64) }));
        static string Fails(SsdInputs i) => Assert.Throws<ArgumentException>(() => SsdOperator.Run(i)).Message;
    }

    /// <summary>Both options at once: a seed that draws them.</summary>
    private static RandomSsd Both(int batch, int length, bool extras = false)
        => Enumerable.Range(0, 100).Select(seed => new RandomSsd(seed, batch, length, 2, 3, 4, 0, 8, Diagonal: false, extras) { Mamba3 = true })
            .First(s => s.Inputs() is { Lambda: not null, Rotation: not null });
}
