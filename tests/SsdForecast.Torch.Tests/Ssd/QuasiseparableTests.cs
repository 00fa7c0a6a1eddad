using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Ssd;

public class QuasiseparableTests
{
    private static QuasiseparableInputs Inputs(RandomSsd s)
    {
        var (f, r) = (s.Inputs(), (s with { Seed = s.Seed + 1 }).Inputs());
        return new QuasiseparableInputs
        {
            X = f.X,
            Diagonal = randn(f.Dt.shape, dtype: f.Dt.dtype).detach().requires_grad_(true),
            A = f.A,
            Forward = new(f.Dt, f.B, f.C),
            Reverse = new(r.Dt, r.B, r.C),
        };
    }

    private static IEnumerable<Tensor> Leaves(QuasiseparableInputs i)
        => [i.X, i.Diagonal, i.A, i.Forward.Dt, i.Forward.B, i.Forward.C, i.Reverse.Dt, i.Reverse.B, i.Reverse.C];

    [Theory]
    [InlineData(QuasiseparableForm.TwoPasses)]
    [InlineData(QuasiseparableForm.Merged)]
    [InlineData(QuasiseparableForm.Kernel)]
    public void Every_form_equals_the_dense_matrix_with_its_gradients(QuasiseparableForm form)
        => Prop.ForAll(RandomSsd.Any, sample =>
        {
            using var scope = NewDisposeScope();
            sample = sample with { Diagonal = false, Extras = false };
            var (expected, actual) = (Inputs(sample), Inputs(sample));
            var dense = QuasiseparableOperator.Run(expected, sample.Options(SsdForm.Auto), QuasiseparableForm.Dense);
            var y = QuasiseparableOperator.Run(actual, sample.Options(SsdForm.Auto), form);
            Close.Within(1e-10, y, dense, $"{form} {sample}");
            var upstream = randn(dense.shape, dtype: dense.dtype);
            (dense * upstream).sum().backward();
            (y * upstream).sum().backward();
            var size = Math.Max(Close.SizeOfTerms(expected.Forward.Dt), Close.SizeOfTerms(expected.Reverse.Dt));
            foreach (var (a, e) in Leaves(actual).Zip(Leaves(expected)))
                Close.Within(1e-10, a.grad!, e.grad!, $"gradient, {form} {sample}", floor: ReferenceEquals(e, expected.A) ? size : 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void The_dense_matrix_is_the_definition()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(11, 1, 7, 1, 1, 3, 0, 4, Diagonal: false, Extras: false);
        var i = Inputs(sample);
        var matrix = QuasiseparableOperator.MixingMatrix(i)[0, 0];
        double At(Tensor t, params long[] index)
        {
            foreach (var k in index) t = t[k];
            return t.item<double>();
        }
        for (var row = 0; row < 7; row++)
            for (var column = 0; column < 7; column++)
            {
                var a = At(i.A, 0);
                double expected;
                if (row == column)
                {
                    expected = At(i.Diagonal, 0, row, 0);
                }
                else
                {
                    var (d, step) = column < row ? (i.Forward, -1) : (i.Reverse, 1);
                    double log = 0, inner = 0;
                    for (var k = column - step; k != row; k -= step) log += k == row ? 0 : At(d.Dt, 0, k, 0) * a;
                    for (var n = 0; n < 3; n++) inner += At(d.C, 0, row + step, 0, n) * At(d.B, 0, column, 0, n);
                    expected = inner * Math.Exp(log) * At(d.Dt, 0, column, 0);
                }
                Assert.Equal(expected, At(matrix, row, column), 1e-12 * Math.Max(1, Math.Abs(expected)));
            }
    }
}
