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
}
