namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>Processes that train together cannot go on: one failed, is gone, or does something else. The message is one line that names it.</summary>
public sealed class CollectiveException : IOException
{
    /// <summary>Creates it.</summary>
    public CollectiveException()
    {
    }

    /// <summary>Creates it.</summary>
    /// <param name="message">What happened, and to which process.</param>
    public CollectiveException(string message) : base(message)
    {
    }

    /// <summary>Creates it.</summary>
    /// <param name="message">What happened, and to which process.</param>
    /// <param name="inner">Why.</param>
    public CollectiveException(string message, Exception inner) : base(message, inner)
    {
    }
}
