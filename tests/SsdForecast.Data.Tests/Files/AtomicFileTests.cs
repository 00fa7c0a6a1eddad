namespace SsdForecast.Data.Tests;

public class AtomicFileTests
{
    [Fact]
    public void The_file_and_its_folder_are_made()
    {
        using var file = new TemporaryFile(".txt");
        var path = Path.Combine(file.Folder, "a", "b", "c.txt");
        AtomicFile.WriteText(path, "größe\n");
        Assert.Equal("größe\n", File.ReadAllText(path));
        AtomicFile.WriteText(path, w => w.WriteLine("second"));
        Assert.Equal("second\n"u8.ToArray(), File.ReadAllBytes(path));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var file = new TemporaryFile(".txt");
        AtomicFile.WriteText(file.Path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(file.Path, s =>
        {
            s.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(file.Path));
        Assert.Single(Directory.GetFiles(file.Folder));
    }

    [Fact]
    public void What_cannot_be_written_is_said_early_and_late_alike()
    {
        using var file = new TemporaryFile(".txt");
        AtomicFile.WriteText(file.Path, "old");
        foreach (var (path, problem) in new[] { (Path.Combine(file.Path, "below", "it.txt"), "cannot be written there"), (file.Folder, "is a folder; name a file") })
        {
            var early = Assert.Throws<IOException>(() => AtomicFile.RequireWritable(path));
            var late = Assert.Throws<IOException>(() => AtomicFile.WriteText(path, "new"));
            Assert.Contains(problem, early.Message, StringComparison.Ordinal);
            Assert.Equal(late.Message, early.Message);
        }
    }

    [Fact]
    public void Asking_whether_a_place_can_be_written_leaves_nothing()
    {
        using var file = new TemporaryFile(".txt");
        AtomicFile.RequireWritable(Path.Combine(file.Folder, "a", "b.txt"));
        Assert.Empty(Directory.GetFileSystemEntries(file.Folder));
        AtomicFile.WriteText(file.Path, "old");
        AtomicFile.RequireWritable(file.Path);
        Assert.Equal("old", File.ReadAllText(file.Path));
    }
}
