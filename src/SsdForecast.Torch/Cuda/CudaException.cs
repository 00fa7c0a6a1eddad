namespace SsdForecast.Torch.Cuda;

/// <summary>The CUDA driver or the kernel compiler refused; the message says which call, why, and for a kernel that does not compile what the compiler said.</summary>
public sealed class CudaException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public CudaException()
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">What failed and why.</param>
    public CudaException(string message) : base(message)
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    /// <param name="message">What failed and why.</param>
    /// <param name="innerException">The cause.</param>
    public CudaException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
