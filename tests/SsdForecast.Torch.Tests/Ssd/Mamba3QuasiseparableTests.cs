using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Ssd;

/// <summary>The bidirectional operator with Mamba-3 options: every form against two passes of the recurrence as it is defined.</summary>
public class Mamba3QuasiseparableTests
{
    private static readonly Arbitrary<RandomSsd> Any = RandomSsd.Any.Generator.Select(s => s with { Mamba3 = true, Diagonal = false, Extras = false }).ToArbitrary();

    private static QuasiseparableInputs Inputs(RandomSsd s, ScalarType dtype = ScalarType.Float64)
    {
        // Both directions draw the same options, since the choice depends on the seed: take a seed of the same choices.
        var f = s.Inputs(dtype);
        var r = Enumerable.Range(1, 100).Select(k => (s with { Seed = s.Seed + (12 * k) }).Inputs(dtype))
            .First(i => i.Lambda is null == f.Lambda is null && i.Rotation is null == f.Rotation is null);
        return new QuasiseparableInputs
        {
            X = f.X,
            Diagonal = randn(f.Dt.shape, dtype: ScalarType.Float64).to_type(dtype).detach().requires_grad_(true),
            A = f.A,
            Forward = new(f.Dt, f.B, f.C) { Lambda = f.Lambda, Rotation = f.Rotation },
            Reverse = new(r.Dt, r.B, r.C) { Lambda = r.Lambda, Rotation = r.Rotation },
        };
    }

    private static IEnumerable<Tensor> Leaves(QuasiseparableInputs i)
        => new[]
        {
            i.X, i.Diagonal, i.A, i.Forward.Dt, i.Forward.B, i.Forward.C, i.Forward.Lambda, i.Forward.Rotation,
            i.Reverse.Dt, i.Reverse.B, i.Reverse.C, i.Reverse.Lambda, i.Reverse.Rotation,
        }.OfType<Tensor>();

    [Theory]
    [InlineData(QuasiseparableForm.TwoPasses, false)]
    [InlineData(QuasiseparableForm.Merged, false)]
    [InlineData(QuasiseparableForm.Kernel, false)]
    [InlineData(QuasiseparableForm.Dense, false)]
    [InlineData(QuasiseparableForm.Merged, true)]
    [InlineData(QuasiseparableForm.Kernel, true)]
    public void Every_form_equals_two_passes_of_the_definition_with_its_gradients(QuasiseparableForm form, bool single)
        => Prop.ForAll(Any, sample =>
        {
            using var scope = NewDisposeScope();
            sample = sample with { ShortSteps = single };
            var actual = Inputs(sample, single ? ScalarType.Float32 : ScalarType.Float64);
            var expected = Widen(actual);
            var tolerance = single ? 2e-5 : 1e-10;
            var y = QuasiseparableOperator.Run(actual, sample.Options(SsdForm.Auto), form);
            var definition = QuasiseparableOperator.Run(expected, sample.Options(SsdForm.Recurrent), QuasiseparableForm.TwoPasses);
            Close.Within(tolerance, y, definition, $"{form} {sample}");
            var upstream = randn(definition.shape, dtype: definition.dtype);
            (definition * upstream).sum().backward();
            (y * upstream.to_type(y.dtype)).sum().backward();
            // Rounding of the terms of a sum over steps adds up like the root of their number, also where the terms cancel.
            var size = Math.Max(Close.SizeOfTerms(expected.Forward.Dt), Close.SizeOfTerms(expected.Reverse.Dt)) * Math.Sqrt(sample.Length);
            foreach (var (a, e) in Leaves(actual).Zip(Leaves(expected)))
                Close.Within(tolerance, a.grad!, e.grad!, $"gradient of ({string.Join(", ", e.shape)}), {form} {sample}", floor: Floor(e, expected, size));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    /// <summary>As <see cref="FormsTests"/> judges: sums that may cancel beside the size of their terms, so many step sizes as each term has.</summary>
    private static double Floor(Tensor leaf, QuasiseparableInputs inputs, double size)
    {
        bool Is(params Tensor?[] some) => some.Any(t => ReferenceEquals(t, leaf));
        return Is(inputs.Forward.Rotation, inputs.Reverse.Rotation) ? size * size : Is(inputs.A, inputs.Forward.Lambda, inputs.Reverse.Lambda) ? size : 1;
    }

    [Fact]
    public void Its_mixing_matrix_gives_the_same_outputs()
        => Prop.ForAll(Any, sample =>
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var inputs = Inputs(sample);
            var matrix = QuasiseparableOperator.MixingMatrix(inputs);
            var definition = QuasiseparableOperator.Run(inputs, sample.Options(SsdForm.Recurrent), QuasiseparableForm.TwoPasses);
            Close.Within(1e-10, matmul(matrix, inputs.X.permute(0, 2, 1, 3)).permute(0, 2, 1, 3), definition, sample.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void A_gain_weighs_the_input_in_every_form()
        => Prop.ForAll(RandomSsd.Any, sample =>
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var plain = Inputs(sample with { Diagonal = false, Extras = false });
            var (f, r) = (randn(plain.Forward.Dt.shape, dtype: ScalarType.Float64), randn(plain.Forward.Dt.shape, dtype: ScalarType.Float64));
            var inputs = plain with { Forward = plain.Forward with { Gain = f }, Reverse = plain.Reverse with { Gain = r } };
            var expected = QuasiseparableOperator.Run(inputs, sample.Options(SsdForm.Recurrent), QuasiseparableForm.TwoPasses);
            foreach (var form in new[] { QuasiseparableForm.Dense, QuasiseparableForm.Merged, QuasiseparableForm.Kernel })
                Close.Within(1e-10, QuasiseparableOperator.Run(inputs, sample.Options(SsdForm.Auto), form), expected, $"{form} {sample}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void An_option_of_one_direction_alone_is_refused()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(new RandomSsd(1, 1, 5, 2, 3, 4, 0, 8, false, false) { Mamba3 = true });
        var error = Assert.Throws<ArgumentException>(() => QuasiseparableOperator.Run(inputs with { Reverse = new(inputs.Reverse.Dt, inputs.Reverse.B, inputs.Reverse.C) }));
        Assert.Contains("both directions", error.Message);
    }

    private static QuasiseparableInputs Widen(QuasiseparableInputs i)
    {
        Tensor Leaf(Tensor t) => t.detach().to_type(ScalarType.Float64).clone().requires_grad_(true);
        Tensor? Maybe(Tensor? t) => t is null ? null : Leaf(t);
        QuasiseparableInputs.Direction Side(QuasiseparableInputs.Direction d)
            => new(Leaf(d.Dt), Leaf(d.B), Leaf(d.C)) { Lambda = Maybe(d.Lambda), Rotation = Maybe(d.Rotation) };
        return new QuasiseparableInputs { X = Leaf(i.X), Diagonal = Leaf(i.Diagonal), A = Leaf(i.A), Forward = Side(i.Forward), Reverse = Side(i.Reverse) };
    }
}
