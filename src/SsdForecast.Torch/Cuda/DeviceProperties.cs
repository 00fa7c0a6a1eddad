namespace SsdForecast.Torch.Cuda;

/// <summary>What kernels are fitted to.</summary>
/// <param name="Index">Number of the device, as torch counts.</param>
/// <param name="Name">Such as <c>NVIDIA H200</c>.</param>
/// <param name="Architecture">Compute capability, ten times the major number plus the minor: 80, 90.</param>
/// <param name="Processors">Streaming multiprocessors.</param>
/// <param name="SharedMemory">Shared memory of a multiprocessor that blocks may take, bytes.</param>
/// <param name="SharedMemoryOfBlock">The most that one block may take, bytes.</param>
public sealed record DeviceProperties(int Index, string Name, int Architecture, int Processors, int SharedMemory, int SharedMemoryOfBlock);
