using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Ssd;

public class FormsTests
{
    [Theory]
    [InlineData(SsdForm.Chunked)]
    [InlineData(SsdForm.Quadratic)]
    [InlineData(SsdForm.Kernel)]
    public void Every_form_equals_the_recurrence_with_its_gradients_in_float64(SsdForm form)
        => Prop.ForAll(RandomSsd.Any, sample => Agree(sample, form, ScalarType.Float64, 1e-10))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Theory]
    [InlineData(SsdForm.Chunked)]
    [InlineData(SsdForm.Quadratic)]
    [InlineData(SsdForm.Kernel)]
    public void Every_form_equals_the_float64_recurrence_in_float32(SsdForm form)
        => Prop.ForAll(RandomSsd.Any, sample => Agree(sample, form, ScalarType.Float32, 2e-5))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    internal static void Agree(RandomSsd sample, SsdForm form, ScalarType dtype, double tolerance)
    {
        if (form == SsdForm.Kernel) sample = sample with { Diagonal = false };
        using var scope = NewDisposeScope();
        // The reference sees the same float32 numbers, in float64.
        var expected = Close.Everything(() => Widen(sample.Inputs(dtype)), sample.Options(SsdForm.Recurrent));
        var actual = Close.Everything(() => sample.Inputs(dtype), sample.Options(form));
        var inputs = sample.Inputs(dtype);
        var (size, turn) = (Close.SizeOfTerms(inputs.Dt), inputs.Rotation is { } r ? Close.SizeOfTerms(r) : 1);
        foreach (var (name, value) in expected)
            Close.Within(tolerance, actual[name], value, $"{form} {name} {sample}", Floor(name, size, turn));
    }

    /// <summary>
    /// Sums that may cancel are judged beside the size of their terms: so many step sizes as each term has, and rotations, times numbers of the size of the
    /// data. After a reset the gradient of a step is nothing (1e-32), and was terms with a rotation in each that cancelled.
    /// </summary>
    private static double Floor(string name, double sizeOfTerms, double sizeOfRotations) => name switch
    {
        "dRotation" => sizeOfTerms * sizeOfTerms,
        "dA" or "dLambda" or "dPreviousB" or "dPreviousX" => sizeOfTerms,
        "dDt" => sizeOfRotations,
        "dD" or "dGain" => 1,
        // Of the heads of a group.
        "dB" or "dC" => 0.1,
        _ => 1e-3,
    };

    private static SsdInputs Widen(SsdInputs i)
    {
        Tensor Leaf(Tensor t) => t.detach().to_type(ScalarType.Float64).requires_grad_(true);
        Tensor? Maybe(Tensor? t) => t is null ? null : Leaf(t);
        return i with
        {
            X = Leaf(i.X),
            Dt = Leaf(i.Dt),
            A = Leaf(i.A),
            B = Leaf(i.B),
            C = Leaf(i.C),
            D = Maybe(i.D),
            InitialStates = Maybe(i.InitialStates),
            Gain = Maybe(i.Gain),
            Lambda = Maybe(i.Lambda),
            Rotation = Maybe(i.Rotation),
            PreviousB = Maybe(i.PreviousB),
            PreviousX = Maybe(i.PreviousX),
            Elapsed = i.Elapsed?.to_type(ScalarType.Float64),
        };
    }

    [Fact]
    public void The_gradient_equals_finite_differences()
    {
        foreach (var diagonal in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            var sample = new RandomSsd(3, 1, 9, 2, 2, 3, 0, 4, diagonal, Extras: false);
            var inputs = sample.Inputs();
            var gradients = Close.Everything(() => inputs, sample.Options(SsdForm.Chunked));
            foreach (var (name, leaf) in Close.Leaves(inputs))
                for (long i = 0; i < leaf.numel(); i++)
                {
                    var slope = (LossWith(inputs, leaf, i, 1e-5, sample) - LossWith(inputs, leaf, i, -1e-5, sample)) / 2e-5;
                    Assert.Equal(slope, gradients["d" + name].flatten()[i].item<double>(), 1e-5 * Math.Max(1, Math.Abs(slope)));
                }
        }
    }

    internal static double LossWith(SsdInputs inputs, Tensor leaf, long index, double change, RandomSsd sample)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var flat = leaf.view(-1).narrow(0, index, 1);
        flat.add_(change);
        var (y, final) = SsdOperator.Run(inputs, sample.Options(SsdForm.Recurrent));
        flat.sub_(change);
        manual_seed(7);
        return ((y * randn(y.shape, dtype: y.dtype)).sum() + (final * randn(final.shape, dtype: final.dtype)).sum()).item<double>();
    }

    [Fact]
    public void A_sequence_in_two_pieces_equals_the_whole()
        => Prop.ForAll(RandomSsd.Any, Gen.Choose(0, 100).ToArbitrary(), (sample, cut) =>
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var inputs = sample.Inputs() with { SequenceIndex = null };
            var whole = SsdOperator.Run(inputs, sample.Options(SsdForm.Chunked));
            var first = 1 + (cut % sample.Length);
            var left = SsdOperator.Run(Piece(inputs, 0, first, inputs.InitialStates), sample.Options(SsdForm.Chunked));
            if (first == sample.Length)
            {
                Close.Within(1e-12, left.FinalStates, whole.FinalStates, "state");
                return;
            }
            var right = SsdOperator.Run(Piece(inputs, first, sample.Length - first, left.FinalStates), sample.Options(SsdForm.Chunked));
            Close.Within(1e-10, cat([left.Y, right.Y], 1), whole.Y, $"cut at {first}: y");
            Close.Within(1e-10, right.FinalStates, whole.FinalStates, $"cut at {first}: state");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    internal static SsdInputs Piece(SsdInputs i, long start, long length, Tensor? state) => i with
    {
        X = i.X.narrow(1, start, length),
        Dt = i.Dt.narrow(1, start, length),
        B = i.B.narrow(1, start, length),
        C = i.C.narrow(1, start, length),
        Gain = i.Gain?.narrow(1, start, length),
        Lambda = i.Lambda?.narrow(1, start, length),
        Rotation = i.Rotation?.narrow(1, start, length),
        Elapsed = i.Elapsed?.narrow(1, start, length),
        InitialStates = state,
    };

    [Fact]
    public void Sequences_laid_one_after_another_equal_each_by_itself()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        EachByItself(new RandomSsd(5, 1, 30, 2, 3, 4, 0, 8, Diagonal: false, Extras: false), 1e-12);
    }

    /// <summary>Four sequences laid one after another over 30 positions, in every form, equal each by itself.</summary>
    internal static void EachByItself(RandomSsd sample, double tolerance)
    {
        var inputs = sample.Inputs();
        long[] lengths = [7, 1, 13, 9];
        // An index that comes back is a new sequence too.
        var index = cat([.. lengths.Select((n, k) => full([1, n], k % 2, dtype: ScalarType.Int64))], 1);
        foreach (var form in new[] { SsdForm.Recurrent, SsdForm.Chunked, SsdForm.Quadratic, SsdForm.Kernel })
        {
            var packed = SsdOperator.Run(inputs with { SequenceIndex = index }, sample.Options(form));
            long start = 0;
            var alone = lengths.Select(n => SsdOperator.Run(Piece(inputs, (start += n) - n, n, null), sample.Options(form))).ToArray();
            Close.Within(tolerance, packed.Y, cat([.. alone.Select(a => a.Y)], 1), $"{form}: y");
            Close.Within(tolerance, packed.FinalStates, alone[^1].FinalStates, $"{form}: state");
        }
    }

    [Fact]
    public void Padding_leaves_no_trace()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(6, 2, 20, 2, 3, 4, 0, 8, Diagonal: false, Extras: false);
        var inputs = sample.Inputs();
        var real = ones(2, 20, dtype: ScalarType.Float64);
        real[1].narrow(0, 15, 5).zero_();
        foreach (var form in new[] { SsdForm.Recurrent, SsdForm.Chunked, SsdForm.Quadratic, SsdForm.Kernel })
        {
            var padded = SsdOperator.Run(inputs with { Elapsed = real }, sample.Options(form));
            var shorter = SsdOperator.Run(Piece(inputs, 0, 15, null), sample.Options(form));
            Close.Within(1e-12, padded.FinalStates[1], shorter.FinalStates[1], $"{form}");
        }
    }

    [Theory]
    [InlineData(4, 1, 1, "multi-input")]
    [InlineData(1, 1, 4, "multi-contract")]
    [InlineData(1, 4, 1, "multi-expand")]
    [InlineData(4, 4, 4, "multi-head")]
    [InlineData(4, 2, 2, "grouped-input")]
    public void The_head_patterns_of_the_paper_are_shapes(int x, int b, int c, string pattern)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        manual_seed(1);
        Tensor Random(long heads, long width) => randn(2, 11, heads, width, dtype: ScalarType.Float64);
        var inputs = new SsdInputs
        {
            X = Random(x, 3),
            Dt = rand(2, 11, 4, dtype: ScalarType.Float64),
            A = -rand(4, dtype: ScalarType.Float64),
            B = Random(b, 5),
            C = Random(c, 5),
        };
        var expected = SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Recurrent }).Y;
        Assert.Equal([2, 11, 4, 3], expected.shape);
        foreach (var form in new[] { SsdForm.Auto, SsdForm.Chunked, SsdForm.Quadratic })
            Close.Within(1e-12, SsdOperator.Run(inputs, new SsdOptions { Form = form, ChunkSize = 4 }).Y, expected, $"{pattern} {form}");
    }

    [Fact]
    public void A_shape_that_does_not_fit_is_named()
    {
        using var scope = NewDisposeScope();
        var inputs = new RandomSsd(1, 1, 5, 2, 3, 4, 0, 8, false, false).Inputs();
        var error = Assert.Throws<ArgumentException>(() => SsdOperator.Run(inputs with { C = randn(1, 5, 1, 7) }));
        Assert.Contains("C has shape (1, 5, 1, 7); expected (1, 5, groups dividing 2, 4).", error.Message);
    }
}
