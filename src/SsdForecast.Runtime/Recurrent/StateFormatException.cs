namespace SsdForecast.Runtime;

/// <summary>A saved state that cannot be restored: torn, altered, of another format or of another model. The message is one line.</summary>
public class StateFormatException : Exception
{
    /// <summary>An error of a saved state.</summary>
    /// <param name="source">The file, or what else holds the state.</param>
    /// <param name="problem">What is wrong and what to do, without a line break.</param>
    /// <param name="inner">The cause, if any.</param>
    public StateFormatException(string source, string problem, Exception? inner = null)
        : base($"{source}: {problem.ReplaceLineEndings(" ")}", inner)
    {
    }
}
