namespace SsdForecast.Data.Tests;

/// <summary>A file name in a folder of its own, both removed at the end.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string ending)
    {
        Folder = Directory.CreateTempSubdirectory("ssdf").FullName;
        Path = System.IO.Path.Combine(Folder, "data" + ending);
    }

    public string Folder { get; }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
