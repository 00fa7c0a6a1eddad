using static TorchSharp.torch;

namespace TorchSharp.Tests.LinearAlgebra;

public class LinearAlgebraTests
{
    private readonly Tensor _a = tensor(new double[,] { { 4, 1, 0 }, { 1, 3, -1 }, { 0, -1, 5 } });
    private readonly Tensor _b = tensor(new double[,] { { 1, 0 }, { 2, 1 }, { -1, 3 } });

    [Fact]
    public void Solving()
    {
        Check.Close(_b, _a.matmul(linalg.solve(_a, _b)), 1e-12);
        Check.Close(eye(3, dtype: float64), _a.mm(linalg.inv(_a)), 1e-12);
        Check.Close(linalg.solve(_a, _b), linalg.lstsq(_a, _b).Solution, 1e-12);
        Check.Close(linalg.inv(_a), linalg.pinv(_a), 1e-12);
        Assert.Equal(51, linalg.det(_a).ToDouble(), 10);
    }

    [Fact]
    public void Factors()
    {
        Tensor l = linalg.cholesky(_a);
        Check.Close(_a, l.matmul(l.mT), 1e-12);
        Check.Close(_b, linalg.solve_triangular(l, l.matmul(_b), upper: false), 1e-12);
        (Tensor q, Tensor r) = linalg.qr(_b);
        Check.Close(_b, q.matmul(r), 1e-12);
        (Tensor u, Tensor s, Tensor vh) = linalg.svd(_b, fullMatrices: false);
        Check.Close(_b, u.matmul(s.diag()).matmul(vh), 1e-12);
        Check.Close(s, linalg.svdvals(_b), 1e-12);
        Check.Close(linalg.eigh(_a).Item1, linalg.eigvalsh(_a), 1e-12);
    }

    [Fact]
    public void Norms()
    {
        Assert.Equal(Math.Sqrt(16 + 1 + 1 + 9 + 1 + 1 + 25), linalg.norm(_a).ToDouble(), 12);
        Check.Close([Math.Sqrt(17), Math.Sqrt(11), Math.Sqrt(26)], linalg.vector_norm(_a, dims: [1]), 1e-12);
        Check.Close([5, 5, 6], linalg.norm(_a, 1.0, [0]), 1e-12);
    }

    [Fact]
    public void Products()
    {
        Check.Close(_a.matmul(_b), einsum("ij,jk->ik", _a, _b), 1e-12);
        Check.Close(_a.matmul(_b).unsqueeze(0), _a.unsqueeze(0).bmm(_b.unsqueeze(0)), 1e-12);
        Assert.Equal(2, _b[0].dot(tensor(new[] { 2.0, 1 })).ToDouble());
        Check.Close([2, 1, 4, 2], tensor(new[] { 1.0, 2 }).outer(tensor(new[] { 2.0, 1 })));
        Check.Close((_b * 2) + _a.matmul(_b), _b.addmm(_a, _b, beta: 2), 1e-12);
    }

    [Fact]
    public void The_real_transform_is_the_sum_of_its_definition()
    {
        double[] x = [1, 4, -2, 0.5, 3, -1];
        Tensor spectrum = fft.rfft(tensor(x));
        Assert.Equal(4, spectrum.size(0));
        for (int k = 0; k < 4; k++)
        {
            System.Numerics.Complex sum = 0;
            for (int n = 0; n < 6; n++) sum += x[n] * System.Numerics.Complex.Exp(new(0, -2 * Math.PI * k * n / 6));
            Assert.Equal(sum.Magnitude, spectrum.abs()[k].ToDouble(), 12);
            Assert.Equal(sum.Real, spectrum[k].ToScalar().ToComplexFloat64().Real, 12);
        }
        Check.Close(x, fft.irfft(spectrum, 6), 1e-12);
        Check.Close(x, fft.ifft(fft.fft_(tensor(x), norm: FFTNormType.Ortho), norm: FFTNormType.Ortho).real, 1e-12);
    }

    [Fact]
    public void A_loss_on_frequencies_differentiates()
    {
        using Tensor x = tensor(new[] { 1.0, 4, -2, 0.5 }, requires_grad: true);
        fft.rfft(x).abs().sum().backward();
        Check.Close(Check.FiniteDifferences(v => fft.rfft(v).abs().sum(), x), x.grad!, 1e-6);
    }
}
