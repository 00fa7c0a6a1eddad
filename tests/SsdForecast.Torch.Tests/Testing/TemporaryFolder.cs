namespace SsdForecast.Torch.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ssdf-test-").FullName;

    /// <summary>A path inside it that does not exist yet.</summary>
    public string Path => System.IO.Path.Combine(_root, "model");

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
