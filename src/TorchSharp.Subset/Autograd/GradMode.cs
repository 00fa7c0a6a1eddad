using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static IDisposable no_grad() => new AutoGradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => NativeMethods.ssdf_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => NativeMethods.ssdf_inference_mode() != 0;

    /// <summary>Sets whether this thread records operations for backward, until it is disposed.</summary>
    private sealed class AutoGradMode : IDisposable
    {
        private readonly int _former = NativeMethods.ssdf_grad_mode();

        internal AutoGradMode(bool enabled) => NativeMethods.ssdf_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.ssdf_set_grad_mode(_former);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = NativeMethods.ssdf_inference_guard(enabled ? 1 : 0);

        public void Dispose()
        {
            if (_guard != 0) NativeMethods.ssdf_inference_guard_release(_guard);
            _guard = 0;
        }
    }
}
