using System.Net;
using System.Security.Cryptography;

namespace SsdForecast.Data.Tests;

public class DatasetDownloaderTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i % 251))];

    private static CatalogueEntry Entry(string? sha256 = null) =>
        new() { Name = "set", Files = [new CatalogueFile { File = "a.csv", Address = "https://data.example/a.csv", Sha256 = sha256 }] };

    [Fact]
    public async Task A_file_is_fetched_checked_and_then_kept()
    {
        using var folder = new TemporaryFile("");
        using var server = new Server(_ => new HttpResponseMessage { Content = new ByteArrayContent(Content) });
        using var client = new HttpClient(server);
        var downloader = new DatasetDownloader(client, folder.Folder);
        var entry = Entry(Convert.ToHexStringLower(SHA256.HashData(Content)));
        var seen = new Progress();
        var path = Assert.Single(await downloader.GetAsync(entry, seen));
        Assert.Equal(Path.Combine(folder.Folder, "set", "a.csv"), path);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        Assert.Equal(new DownloadProgress("a.csv", Content.Length, Content.Length), seen.Last);
        await downloader.GetAsync(entry);
        Assert.Equal(1, server.Requests);
        await File.WriteAllTextAsync(path, "spoilt");
        await downloader.GetAsync(entry);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task Another_sum_is_refused_and_leaves_nothing()
    {
        var error = await FailsAsync(_ => new HttpResponseMessage { Content = new ByteArrayContent(Content) }, Entry(new string('0', 64)));
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_other_than_success_is_told_with_the_way_out()
    {
        var error = await FailsAsync(_ => new HttpResponseMessage(HttpStatusCode.NotFound), Entry());
        Assert.Contains("data.example answered 404 Not Found. Fetch https://data.example/a.csv by other means", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_network_is_told_with_the_way_out()
    {
        var error = await FailsAsync(_ => throw new HttpRequestException("Name or service not known"), Entry());
        Assert.Contains("data.example cannot be reached (Name or service not known). Fetch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_nothing() =>
        await FailsAsync(
            _ =>
            {
                var content = new ByteArrayContent(Content[..1000]);
                content.Headers.ContentLength = Content.Length;
                return new HttpResponseMessage { Content = content };
            },
            Entry());

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        using var folder = new TemporaryFile("");
        using var server = new Server(_ => new HttpResponseMessage { Content = new ByteArrayContent(Content) });
        using var client = new HttpClient(server);
        using var cancel = new CancellationTokenSource();
        var progress = new Progress { OnReport = cancel.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DatasetDownloader(client, folder.Folder).GetAsync(Entry(), progress, cancel.Token));
        Assert.Empty(Directory.GetFiles(folder.Folder, "*", SearchOption.AllDirectories));
    }

    private static async Task<DownloadException> FailsAsync(Func<HttpRequestMessage, HttpResponseMessage> answer, CatalogueEntry entry)
    {
        using var folder = new TemporaryFile("");
        using var server = new Server(answer);
        using var client = new HttpClient(server);
        var error = await Assert.ThrowsAsync<DownloadException>(() => new DatasetDownloader(client, folder.Folder).GetAsync(entry));
        Assert.Empty(Directory.GetFiles(folder.Folder, "*", SearchOption.AllDirectories));
        Text.OneLine(error);
        return error;
    }

    private sealed class Server(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(answer(request));
        }
    }

    private sealed class Progress : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public Action? OnReport { get; init; }

        public void Report(DownloadProgress value)
        {
            Last = value;
            OnReport?.Invoke();
        }
    }
}
