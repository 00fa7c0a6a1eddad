namespace SsdForecast.Runtime.Tests.Recurrent;

public class StateFileTests
{
    private static readonly ModelConfig Config = new()
    {
        Block = new BlockConfig { DModel = 4, DState = 2, HeadDim = 4 },
        Layers = 1,
        Lookback = 3,
        Horizon = 1,
    };

    private static (RecurrentModel Model, byte[] Saved) Saved(int seed)
    {
        var random = new Random(seed);
        var model = new RecurrentModel(RandomModel.Folder(Config, random));
        var state = model.CreateState("séries/1");
        foreach (var o in RandomModel.Events(Config, 9, random)) model.Observe(state, o);
        return (model, model.Save(state));
    }

    [Fact]
    public void A_state_comes_back_with_its_series()
    {
        var (model, saved) = Saved(1);
        var state = model.Restore(saved);
        Assert.Equal("séries/1", state.SeriesId);
        Assert.Equal(9, state.Count);
        Assert.Equal(saved, model.Save(state));
    }

    [Fact]
    public void Every_altered_byte_and_every_cut_is_found()
    {
        var (model, saved) = Saved(2);
        void Refused(byte[] bytes)
        {
            var e = Assert.Throws<StateFormatException>(() => model.Restore(bytes, "pump.state"));
            Assert.StartsWith("pump.state: ", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }

        for (var i = 0; i < saved.Length; i++)
        {
            var altered = (byte[])saved.Clone();
            altered[i] ^= 0x10;
            Refused(altered);
            Refused(saved[..i]);
        }

        Refused([.. saved, 0]);
    }

    [Fact]
    public void The_state_of_another_model_is_refused_by_name()
    {
        var (model, saved) = Saved(3);
        var (other, _) = Saved(4);
        var e = Assert.Throws<StateFormatException>(() => other.Restore(saved));
        Assert.Contains(model.Hash[..12], e.Message, StringComparison.Ordinal);
        Assert.Contains(other.Hash[..12], e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => other.Forecast(model.Restore(saved)));
    }
}
