using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// An array of numbers on a device. It registers in the current thread's <see cref="DisposeScope"/>, is released by
    /// <see cref="Dispose()"/>, or else by the finaliser.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long s_totalCount;
        private static long s_peakCount;

        private IntPtr _handle;

        internal Tensor(IntPtr handle, bool register = true)
        {
            _handle = handle;
            if (handle == IntPtr.Zero)
            {
                // torch's undefined tensor: nothing to release, so nothing to count.
                GC.SuppressFinalize(this);
                return;
            }
            long total = Interlocked.Increment(ref s_totalCount);
            if (total > Volatile.Read(ref s_peakCount)) Volatile.Write(ref s_peakCount, total);
            if (register) OwningDisposeScope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>How many tensors there are now, on all threads.</summary>
        public static long TotalCount => Interlocked.Read(ref s_totalCount);

        /// <summary>The most there ever were.</summary>
        public static long PeakCount => Interlocked.Read(ref s_peakCount);

        /// <summary>True once the tensor was disposed.</summary>
        public bool IsInvalid => _handle == IntPtr.Zero;

        public IntPtr Handle =>
            _handle != IntPtr.Zero ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public string? name { get; set; }

        internal DisposeScope? OwningDisposeScope { get; set; }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => base.GetHashCode();

        /// <summary>Whether two tensors have the same shape and elements.</summary>
        public bool Equals(Tensor target) => Aten.CallBool("equal", this, target);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (_handle == IntPtr.Zero) return;
            DisposeScopeManager.ThreadSingleton.DisposingOnCurrentScope(this);
            // A finalised tensor is in no living scope: the scope would have kept it.
            if (disposing) OwningDisposeScope?.MarkAsDisposed(this);
            Interlocked.Decrement(ref s_totalCount);
            NativeMethods.ssdf_tensor_release(_handle);
            _handle = IntPtr.Zero;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null) other?.Attach(this);
            else OwningDisposeScope.MoveToOther(other, this);
            return this;
        }

        /// <summary>Gives the native tensor away; what is left is as if disposed, but not counted as such.</summary>
        internal IntPtr MoveHandle()
        {
            IntPtr handle = Handle;
            _handle = IntPtr.Zero;
            Interlocked.Decrement(ref s_totalCount);
            GC.SuppressFinalize(this);
            return handle;
        }

        /// <summary>A second tensor over the same native one, in the current scope.</summary>
        internal Tensor Alias()
        {
            var alias = new Tensor(NativeMethods.ssdf_tensor_retain(Handle));
            GC.KeepAlive(this);
            return alias;
        }
    }
}
