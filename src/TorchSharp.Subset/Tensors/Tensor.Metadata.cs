using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Info.Dimensions;

        public long ndim => Info.Dimensions;

        public long dim() => Info.Dimensions;

        public long NumberOfElements => Info.NumberOfElements;

        public long numel() => Info.NumberOfElements;

        public long ElementSize => Info.ElementSize;

        public long element_size() => Info.ElementSize;

        public ScalarType dtype => (ScalarType)Info.Type;

        public DeviceType device_type => (DeviceType)Info.DeviceType;

        public int device_index => Info.DeviceIndex;

        public Device device
        {
            get
            {
                TensorInfo info = Info;
                var type = (DeviceType)info.DeviceType;
                return new Device(type, type == DeviceType.CPU ? -1 : info.DeviceIndex);
            }
        }

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_sparse => Info.Flags.HasFlag(TensorFlags.IsSparse);

        public bool is_leaf => Info.Flags.HasFlag(TensorFlags.IsLeaf);

        public bool is_contiguous() => Info.Flags.HasFlag(TensorFlags.IsContiguous);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        /// <summary>Whether the single element is not zero.</summary>
        public bool is_nonzero()
        {
            if (numel() != 1) throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");
            return ToScalar().ToBoolean();
        }

        public long[] shape => size();

        public unsafe long[] size()
        {
            long[] sizes = new long[Info.Dimensions];
            fixed (long* first = sizes) NativeMethods.Check(NativeMethods.ssdf_tensor_sizes(Handle, first, null));
            GC.KeepAlive(this);
            return sizes;
        }

        public long size(int dim) => Aten.CallLong("size.int", this, dim);

        public unsafe long[] stride()
        {
            long[] strides = new long[Info.Dimensions];
            fixed (long* first = strides) NativeMethods.Check(NativeMethods.ssdf_tensor_sizes(Handle, null, first));
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => Aten.CallLong("stride.int", this, dim);

        /// <summary>How many elements of the storage lie before the tensor's first.</summary>
        public unsafe long storage_offset()
        {
            long bytes;
            nint storage = NativeMethods.Check(NativeMethods.ssdf_tensor_storage(Handle, &bytes));
            nint data = NativeMethods.Check(NativeMethods.ssdf_tensor_data(Handle));
            GC.KeepAlive(this);
            return (data - storage) / ElementSize;
        }

        /// <summary>Shape, type and device, as in <c>[2x3], type = Float32, device = cpu</c>.</summary>
        public override string ToString() => IsInvalid ? "" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        internal unsafe TensorInfo Info
        {
            get
            {
                TensorInfo info;
                NativeMethods.Check(NativeMethods.ssdf_tensor_info(Handle, &info));
                GC.KeepAlive(this);
                return info;
            }
        }
    }
}
