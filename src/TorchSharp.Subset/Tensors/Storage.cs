using System.Collections;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The memory that a tensor is a view of.</summary>
    public abstract class Storage
    {
        protected Tensor? _tensor;
        protected IntPtr _tensor_data_ptr;

        protected Storage()
        {
        }

        protected Storage(Tensor tensor)
        {
            _tensor = tensor;
            data_ptr();
        }

        protected Storage(Tensor tensor, IntPtr data_ptr)
        {
            _tensor = tensor;
            _tensor_data_ptr = data_ptr == IntPtr.Zero ? this.data_ptr() : data_ptr;
        }

        public abstract int element_size();

        /// <summary>
        /// The address of the storage's first byte, on its device. The tensor's own elements begin
        /// <c>storage_offset() * element_size()</c> later.
        /// </summary>
        public unsafe IntPtr data_ptr()
        {
            if (_tensor_data_ptr != IntPtr.Zero) return _tensor_data_ptr;
            long bytes;
            _tensor_data_ptr = NativeMethods.Check(NativeMethods.ssdf_tensor_storage(Tensor().Handle, &bytes));
            return _tensor_data_ptr;
        }

        public unsafe ulong nbytes()
        {
            long bytes;
            NativeMethods.Check(NativeMethods.ssdf_tensor_storage(Tensor().Handle, &bytes));
            return (ulong)bytes;
        }

        internal static Storage<T> Create<T>(Tensor tensor)
            where T : unmanaged
        {
            Type type = typeof(T);
            bool known = type == typeof(byte) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
                || type == typeof(float) || type == typeof(double) || type == typeof((float, float))
                || type == typeof(System.Numerics.Complex);
            if (!known) throw new NotSupportedException($"A storage of {type.Name} is not supported.");
            return new Storage<T>(tensor.to_type(ToScalarType(type)));
        }

        private protected Tensor Tensor() => _tensor ?? throw new ObjectDisposedException(GetType().FullName);
    }

    /// <summary>The memory that a tensor is a view of, as elements of one type.</summary>
    public sealed unsafe class Storage<T> : Storage, IDisposable, IEnumerable<T>
        where T : unmanaged
    {
        internal Storage(Tensor tensor)
            : base(tensor, IntPtr.Zero)
        {
        }

        public override int element_size() => sizeof(T);

        public int Count => (int)(nbytes() / (ulong)sizeof(T));

        public bool IsReadOnly => false;

        public Device device => Tensor().device;

        public T this[int index]
        {
            get => Elements()[index];
            set => Elements()[index] = value;
        }

        public T[] ToArray() => Elements().ToArray();

        public IList<T> tolist() => ToArray();

        public void fill_(T value) => Elements().Fill(value);

        public void copy_(IList<T> array) => CopyFrom(array, 0);

        public void CopyTo(IList<T> array, int arrayIndex)
        {
            Span<T> elements = Elements();
            for (int i = 0; i < elements.Length && i < array.Count - arrayIndex; i++) array[i + arrayIndex] = elements[i];
        }

        public void CopyFrom(IList<T> array, int arrayIndex)
        {
            Span<T> elements = Elements();
            for (int i = 0; i < elements.Length && i < array.Count - arrayIndex; i++) elements[i] = array[i + arrayIndex];
        }

        public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public void Dispose()
        {
            _tensor_data_ptr = IntPtr.Zero;
            _tensor = null;
        }

        private Span<T> Elements()
        {
            if (!Tensor().is_cpu()) throw new InvalidOperationException("Reading data from non-CPU memory is not supported: use cpu() first.");
            return new Span<T>((void*)data_ptr(), Count);
        }
    }
}
