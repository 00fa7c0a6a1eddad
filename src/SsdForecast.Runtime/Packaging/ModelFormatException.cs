namespace SsdForecast.Runtime;

/// <summary>
/// A file of a model folder that cannot be used. <see cref="Exception.Message"/> is one line: the file, what is wrong and the way out.
/// </summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>An error at <paramref name="file"/>.</summary>
    /// <param name="file">Path or name of the file or folder.</param>
    /// <param name="problem">What is wrong and what to do, without a line break.</param>
    /// <param name="inner">The cause, if any.</param>
    public ModelFormatException(string file, string problem, Exception? inner = null)
        : base($"{file}: {OneLine(problem)}", inner) => File = file;

    /// <summary>Path or name of the file or folder.</summary>
    public string File { get; }

    internal static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
