using TorchSharp.Interop;

namespace TorchSharp;

public enum FFTNormType
{
    Backward = 0,
    Forward = 1,
    Ortho = 2,
}

public static partial class torch
{
    public static partial class fft
    {
        public static Tensor fft_(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Transform("fft_fft", input, n, dim, norm);

        public static Tensor ifft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Transform("fft_ifft", input, n, dim, norm);

        public static Tensor rfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Transform("fft_rfft", input, n, dim, norm);

        public static Tensor irfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
            Transform("fft_irfft", input, n, dim, norm);

        private static Tensor Transform(string op, Tensor input, long n, long dim, FFTNormType norm) =>
            Aten.Call(op, input, n == -1 ? Value.None : n, dim, norm.ToString().ToLowerInvariant());
    }
}
