namespace SsdForecast.Cli.Tests.Commands;

public class DatasetsTests
{
    [Fact]
    public void The_list_names_shipped_and_public_sets()
    {
        var lines = Cli.Run("datasets", "list").Lines;
        Assert.Contains(lines, l => l.StartsWith("taylor ", StringComparison.Ordinal) && l.Contains("(shipped)", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("etth1 ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shipped_set_is_copied()
    {
        using var folder = new TemporaryFolder();
        var path = Cli.Good("datasets", "get", "CO2", "--out", folder.Path).Trim();
        Assert.Equal(folder["co2/co2.csv"], path);
        Assert.StartsWith("ds,y", File.ReadAllText(path), StringComparison.Ordinal);
    }
}
