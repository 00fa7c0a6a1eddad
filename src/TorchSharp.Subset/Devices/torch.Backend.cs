using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch that is loaded.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)NativeMethods.ssdf_version())!;

    /// <summary>Loads the native library; false for a kind of device that this machine does not have.</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType switch
        {
            DeviceType.CUDA => NativeMethods.Check(NativeMethods.ssdf_cuda_count()) > 0,
            DeviceType.MPS => false,
            _ => NativeMethods.ssdf_grad_mode() >= 0,
        };

    /// <summary>Loads the native library; an <see cref="InvalidOperationException"/> for a kind of device that is not here.</summary>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType is DeviceType.CUDA or DeviceType.MPS && !TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
    }

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    public static int get_num_threads() => NativeMethods.ssdf_threads();

    public static void set_num_threads(int num) => NativeMethods.ssdf_set_threads(num);

    public static int get_num_interop_threads() => NativeMethods.ssdf_interop_threads();

    public static void set_num_interop_threads(int num) => NativeMethods.Check(NativeMethods.ssdf_set_interop_threads(num));

    public static partial class cuda
    {
        public static bool is_available() => TryInitializeDeviceType(DeviceType.CUDA);

        public static int device_count() => (int)NativeMethods.Check(NativeMethods.ssdf_cuda_count());

        public static void manual_seed(long seed) => torch.manual_seed(seed);

        public static void manual_seed_all(long seed) => torch.manual_seed(seed);

        /// <summary>Waits until everything queued on the device (default: the current one) is done.</summary>
        public static void synchronize(Device? device = null)
        {
            InitializeDeviceType(DeviceType.CUDA);
            NativeMethods.Check(NativeMethods.ssdf_cuda_synchronize(device?.index ?? -1));
        }
    }
}
